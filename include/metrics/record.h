/* The record formats: what workers tell the collector, what the collector
 * tells the recorder, and what a replayed run file turns back into.
 *
 * A record starts with `struct rec`, is a multiple of 8 bytes long and may end
 * in text (not terminated). All times are integer microseconds since the start
 * of the run, quantised once, in the worker, so that differences agree to the
 * digit wherever they are taken. Everything is plain data without pointers. */
#ifndef METRICS_RECORD_H
#define METRICS_RECORD_H

#include <stdint.h>

enum rec_kind {
	REC_PAD,    /* rest of the ring before its wrap; never seen by readers */
	REC_SAMPLE, /* struct rec_sample: one finished exchange */
	REC_DROPS,  /* struct rec_drops: samples a full ring refused */
	REC_GAUGE,  /* struct rec_gauge */
	REC_POINT,  /* struct rec_point: the load changes */
	REC_EVENT,  /* struct rec_event: a key, a mark, a note */
	REC_RESET,  /* replay: forget everything, the past comes again */
	REC_QUIET,  /* replay: struct rec_quiet, a seek is under way or done */
	REC_STATE,  /* struct rec_state: the model after all that came before */
	REC_SECOND, /* struct rec_state: a second that states have in common; not in replays */
	REC_END,    /* this producer is done; nothing follows */
	REC_EXEMPLAR, /* struct rec_exemplar: what was sent and what came; not in replays */
	REC_SERVER, /* struct rec_server: what the server says of itself */
};

#define REC_ALIGN 8
#define REC_TEXT_MAX 240 /* bytes of text a record carries at most */
#define REC_EXCERPT_MAX 120 /* bytes of a failed answer kept with its sample */
#define REC_GAPS_MAX 49152  /* bytes of a sample's token gaps (metrics/gaps.h) */

struct rec {
	uint32_t bytes;  /* whole record, a multiple of REC_ALIGN */
	uint16_t kind;   /* enum rec_kind */
	uint16_t worker; /* who wrote it */
	int64_t t_us;    /* when; for a sample te, when the answer was complete */
};

/* Error classes, in the order of product and JSON. */
#define ERROR_CLASSES(X)                                                       \
	X(NONE, "none", "no error")                                            \
	X(DNS, "dns", "the host name was not resolved")                        \
	X(CONNECT, "connect", "no connection was made")                        \
	X(TLS, "tls", "the TLS handshake or a certificate failed")             \
	X(TIMEOUT, "timeout", "no complete answer in time")                    \
	X(RESET, "reset", "the server closed the connection without an answer") \
	X(PROTOCOL, "protocol", "the answer was not HTTP")                     \
	X(TRUNCATED, "truncated", "the answer was shorter than promised")      \
	X(HTTP_4XX, "http_4xx", "the server refused the request")              \
	X(HTTP_5XX, "http_5xx", "the server failed")                           \
	X(STREAM_ERROR, "stream_error", "an error inside a stream")            \
	X(EMPTY, "empty", "a stream without a token")                          \
	X(CHECK, "check", "a required check failed")                           \
	X(ABORTED, "aborted", "cut off when the run ended")

enum error_class {
#define X(id, name, help) ERROR_##id,
	ERROR_CLASSES(X)
#undef X
	ERROR_CLASS_COUNT
};

const char *error_class_name(enum error_class c);
const char *error_class_help(enum error_class c);
/* -1 where no class has that name. */
int error_class_by_name(const char *name);

/* succeeded + failed + censored = started, always. */
enum outcome {
	OUTCOME_SUCCEEDED,
	OUTCOME_FAILED,
	OUTCOME_CENSORED, /* timeout, or cut off by the end: latency is a lower bound */
	OUTCOME_COUNT
};

enum sample_flags {
	SAMPLE_NEW_CONNECTION = 1, /* dns_us, connect_us, tls_us are valid */
	SAMPLE_TLS = 2,
	SAMPLE_ANSWERED = 4, /* a complete HTTP answer came (of any status) */
	SAMPLE_STREAM = 8,   /* the answer was read as a stream of events */
	SAMPLE_GAPS_CUT = 16, /* more token gaps than REC_GAPS_MAX holds */
	SAMPLE_HTTP2 = 32,   /* the answer that began was HTTP/2's */
	SAMPLE_HELD = 64,    /* it came due before there was room in in_flight_limit */
};

#define TOKENS_UNKNOWN UINT32_MAX

enum token_source {
	TOKENS_FROM_NOWHERE, /* tokens_out is TOKENS_UNKNOWN */
	TOKENS_FROM_USAGE,   /* the server said so */
	TOKENS_FROM_EVENTS,  /* content events were counted */
};

/* What the answer said of a cache in front of or inside the server. */
enum cache_state { CACHE_UNKNOWN, CACHE_HIT, CACHE_MISS };

/* One finished exchange. rec.t_us is te. latency = te - t0, service = te - ts,
 * queue = ts - t0, ttfb = th - t0, ttft = t1 - t0, ttfo = to - t0,
 * tpot = (tn - t1) / (tokens_out - 1).
 *
 * Behind the fixed part: text_bytes of message (what errors are grouped by),
 * excerpt_bytes of the answer's beginning (failures only), gap_bytes of token
 * gaps, without anything between them. */
struct rec_sample {
	struct rec rec;
	int64_t t0_us; /* due */
	int64_t ts_us; /* handed to the transport */
	int64_t th_us; /* first byte of the answer; -1: none came */
	int64_t t1_us; /* first content event, reasoning included; -1: none */
	int64_t to_us; /* first content that is not reasoning; -1: unless reasoning was seen */
	int64_t tn_us; /* last content event; -1: none */
	uint64_t prompt_hash; /* of what was asked, see rec_said(); 0: the request has no body */
	uint64_t bytes_in, bytes_out; /* bodies and headers, on the wire before TLS */
	uint64_t seq;  /* with the run's id it makes X-Request-ID */
	uint32_t dns_us, connect_us, tls_us; /* durations, not cumulative */
	uint32_t user;
	uint32_t point; /* set by the collector: index of the operating point */
	int32_t code;   /* HTTP status for http_*; else errno or 0 */
	uint32_t tokens_in, tokens_out, cached_tokens; /* TOKENS_UNKNOWN */
	uint32_t events; /* content events */
	uint32_t reads;  /* reads from the socket that brought them; 0: no stream */
	uint32_t gap_bytes;
	float quality;   /* 0-100; NAN: the task has no checks, or nothing came to check */
	uint16_t task, turn; /* turn counts from 0 */
	uint16_t status; /* HTTP; 0: none came */
	uint16_t text_bytes;
	uint16_t excerpt_bytes;
	uint8_t error;   /* enum error_class */
	uint8_t outcome; /* enum outcome */
	uint8_t flags;   /* enum sample_flags */
	uint8_t cache;   /* enum cache_state */
	uint8_t token_source; /* enum token_source */
	uint8_t reserved[5];
	char text[]; /* printable UTF-8 */
};

/* Samples that a full ring refused since the last such record. */
struct rec_drops {
	struct rec rec;
	uint32_t task;
	uint32_t count[OUTCOME_COUNT];
};

/* Where things stand. Workers write their share about every 100 ms and when
 * they end; the collector sums them; the run file has one row a second. */
struct rec_gauge {
	struct rec rec;
	uint32_t users_target, users_active; /* active: not parked */
	uint32_t in_flight, connections;
	uint64_t planned; /* exchanges that came due */
	uint64_t started; /* exchanges handed to the transport */
	uint64_t waiting; /* due and not handed over; planned = waiting + started */
	uint64_t worker_cpu_us;  /* all worker threads together */
	uint64_t busiest_cpu_us; /* the busiest worker thread */
	uint64_t process_cpu_us;
	uint64_t ring_dropped;   /* samples refused by full rings, so far */
	uint64_t record_lost;    /* records the run file did not get, so far */
	/* The integral of in_flight over time so far, in microseconds x
	 * exchanges: a look now and then always comes at the same moment of the
	 * loop and sees too few. 0: unknown. */
	uint64_t in_flight_us;
	/* What may keep brunt from running, so far; 0: unknown. */
	uint64_t core_wait_us;  /* the worker that waited most for a core while it could run */
	uint64_t loop_late_us;  /* the worker whose waits ended latest, all of them together */
	uint64_t throttled_us;  /* by the CPU quota, all cores together */
	uint64_t steal_us;      /* by the machine's host, mean over the cores */
	uint32_t loop_late_max_us; /* the latest end of a wait since the last row */
	uint32_t fds, fd_limit;    /* descriptors in use at least, and allowed */
	uint32_t ports;            /* local ports there are for connections */
	uint32_t in_flight_limit;  /* of an open loop; 0: none */
	uint32_t held;             /* of `waiting`: for room in in_flight_limit; GAUGE_UNKNOWN */
};

#define GAUGE_UNKNOWN UINT32_MAX

enum load_mode { MODE_CLOSED, MODE_OPEN };

enum load_phase {
	PHASE_WARMUP, /* load runs, nothing counts in the summary */
	PHASE_LOAD,   /* an operating point */
	PHASE_PAUSE,  /* no new exchanges; not measured time */
	PHASE_DRAIN,  /* the load has ended; answers still come */
	PHASE_END,    /* nothing comes any more */
};

/* The load is different from rec.t_us on: samples with te <= t_us belong to
 * what was before. */
struct rec_point {
	struct rec rec;
	int64_t asked_us; /* when the key was pressed or the plan said so */
	double level;     /* users (closed) or arrivals per second (open) */
	double from;      /* a ramp: the level at its start; else as level */
	int64_t ramp_us;  /* how long it takes to get to that level; 0: it is there */
	uint8_t mode, phase;
	uint8_t reserved[6];
};

enum event_kind {
	EVENT_NOTE,    /* text for people */
	EVENT_MARK,    /* the user marked this moment */
	EVENT_KEY,     /* a key changed the load; text says which and to what */
	EVENT_WINDOW,  /* a fresh window was asked for: windows start over */
	EVENT_APPLIED, /* a worker carries out control generation `value` */
	EVENT_SWEEP,   /* of a sweep; the low byte of `value` is an enum sweep_event */
	EVENT_TRIAL,   /* of a micro-experiment; `value` as trial_value() has it */
	EVENT_COUNT
};

enum sweep_event {
	SWEEP_BEGAN,    /* text: how */
	SWEEP_SET_LEVEL, /* the present point is its own; text: to what */
	SWEEP_HELD,     /* the operator took over */
	SWEEP_GIVEN_BACK,
	/* The point that began `value` >> 8 microseconds into the run was one of passing
	 * trouble: two other visits of its level agree. */
	SWEEP_DISOWNED,
	SWEEP_ENDED,    /* text: why it stopped, one of run/sweep.h's names, ": ", what was found */
	SWEEP_EVENT_COUNT
};

/* What a micro-experiment steps. */
#define TRIAL_AXES_ALL(X)                                                      \
	X(USERS, "users")                                                      \
	X(OUTPUT, "output length")                                             \
	X(CONNECTION, "connection reuse")                                      \
	X(PROMPT, "prompt length")                                             \
	X(REUSE, "prompt reuse")

enum trial_axis {
#define X(id, name) TRIAL_##id,
	TRIAL_AXES_ALL(X)
#undef X
	TRIAL_AXES
};
const char *trial_axis_name(enum trial_axis axis);

enum trial_event {
	TRIAL_BEGAN, /* text: its steps */
	TRIAL_SET,   /* the present point is a step of it; text: to what */
	TRIAL_ENDED, /* text: what was found, or why nothing was */
	TRIAL_EVENT_COUNT
};

/* `altered`: the requests of the present point are not as the scenario has them. */
static inline int64_t trial_value(enum trial_event what, enum trial_axis axis, int altered)
{
	return (int64_t)what | (int64_t)axis << 8 | (int64_t)(altered != 0) << 16;
}

struct rec_event {
	struct rec rec;
	int64_t value;
	uint16_t what; /* enum event_kind */
	uint16_t text_bytes;
	uint32_t reserved;
	char text[];
};

/* Whose metrics those are that were scraped. */
#define SERVER_KINDS(X)                                                        \
	X(UNKNOWN, "unknown")                                                  \
	X(BRUNT, "brunt serve")                                                \
	X(VLLM, "vLLM")                                                        \
	X(SGLANG, "SGLang")                                                    \
	X(LLAMA_CPP, "llama.cpp")                                              \
	X(TGI, "TGI")                                                          \
	X(TRITON, "Triton")

enum server_kind {
#define X(id, name) SERVER_##id,
	SERVER_KINDS(X)
#undef X
	SERVER_KIND_COUNT
};

const char *server_kind_name(enum server_kind kind);

#define SERVER_FIGURE_MAX 1e15

/* One scrape of the server's metrics (--metrics). What they do not say is NAN, all of it
 * where the scrape failed. Sums over label sets (engines, models), of shares the mean. */
struct rec_server {
	struct rec rec;
	/* Each at most SERVER_FIGURE_MAX. */
	double running, waiting; /* requests */
	double kv_use;           /* share of the key-value cache in use, 0-1 */
	double hits, lookups;    /* of its prompt or prefix cache, so far; in its own unit */
	double hit_ratio;        /* the same as it says it itself, 0-1 */
	uint64_t scrapes, failed; /* so far, with this one */
	uint32_t took_us;
	uint16_t status;  /* HTTP; 0: no answer came */
	uint16_t series;  /* most label sets that went into one of the figures */
	uint8_t kind;     /* enum server_kind */
	uint8_t ok;       /* there is a figure at least */
	uint16_t text_bytes;
	uint32_t reserved;
	char text[]; /* printable: why it failed, or what is wrong with it all the same */
};

struct rec_quiet {
	struct rec rec;
	uint64_t on; /* 1: publish no snapshots until 0 comes */
};

/* The collector's to the recorder, the replayer's to the model. The bytes (run/model.h)
 * are on the heap and go along: who takes the record off its ring frees them. */
struct rec_state {
	struct rec rec;
	char *state;
	uint64_t bytes;
	/* Of a REC_SECOND its name. Of a REC_STATE the first second that belongs to it and
	 * how many do: to the recorder, in rows of their own; to the model, behind it. */
	int64_t second;
	uint64_t seconds;
};

/* Bytes kept of the parts of an exchange. */
#define EXEMPLAR_REQUEST_MAX 2048 /* method, URL, headers */
#define EXEMPLAR_BODY_MAX 2048    /* of the request */
#define EXEMPLAR_HEADERS_MAX 1024 /* of the answer */
#define EXEMPLAR_ANSWER_MAX 2048
#define EXEMPLAR_CHECKS_MAX 384
#define EXEMPLAR_GAPS_MAX 2048    /* of the sample's token gaps */

/* An exchange that stands for others like it. Its text is printable but for line ends,
 * without secrets. Behind the fixed part: its sample, a whole record of sample_bytes, with
 * at most EXEMPLAR_GAPS_MAX bytes of gaps (SAMPLE_GAPS_CUT says that there were more);
 * then so many bytes of each text, without anything between them. In a ring it comes right
 * behind its sample. */
struct rec_exemplar {
	struct rec rec;
	uint64_t body_total, answer_total; /* bytes there were */
	uint32_t id; /* its place among those that are kept; set by the collector */
	uint16_t sample_bytes;
	uint16_t request_bytes; /* "POST http://...", then a line a header */
	uint16_t body_bytes;    /* of the request */
	uint16_t header_bytes;  /* of the answer, a line each */
	uint16_t answer_bytes;
	uint16_t checks_bytes;  /* the checks that failed, a line each */
	char tail[];
};

#define REC_EXEMPLAR_MAX                                                                   \
	(sizeof(struct rec_exemplar) + sizeof(struct rec_sample) + REC_TEXT_MAX +          \
	 REC_EXCERPT_MAX + EXEMPLAR_GAPS_MAX + EXEMPLAR_REQUEST_MAX + EXEMPLAR_BODY_MAX +  \
	 EXEMPLAR_HEADERS_MAX + EXEMPLAR_ANSWER_MAX + EXEMPLAR_CHECKS_MAX + 2 * REC_ALIGN)

static inline const struct rec_sample *rec_exemplar_sample(const struct rec_exemplar *e)
{
	return (const struct rec_sample *)(const void *)e->tail;
}

static inline const char *rec_exemplar_request(const struct rec_exemplar *e)
{
	return e->tail + e->sample_bytes;
}

static inline const char *rec_exemplar_body(const struct rec_exemplar *e)
{
	return rec_exemplar_request(e) + e->request_bytes;
}

static inline const char *rec_exemplar_headers(const struct rec_exemplar *e)
{
	return rec_exemplar_body(e) + e->body_bytes;
}

static inline const char *rec_exemplar_answer(const struct rec_exemplar *e)
{
	return rec_exemplar_headers(e) + e->header_bytes;
}

static inline const char *rec_exemplar_checks(const struct rec_exemplar *e)
{
	return rec_exemplar_answer(e) + e->answer_bytes;
}

/* What was said in a conversation up to this turn, whatever was answered: 32 bits of the
 * prompt_hash follow from nothing else, once there are answers in the prompt. (Up to schema
 * 6 they followed from the answers, too.) */
static inline uint32_t rec_said(const struct rec_sample *s)
{
	return (uint32_t)s->prompt_hash;
}

static inline const char *rec_excerpt(const struct rec_sample *s)
{
	return s->text + s->text_bytes;
}

static inline const uint8_t *rec_gaps(const struct rec_sample *s)
{
	return (const uint8_t *)s->text + s->text_bytes + s->excerpt_bytes;
}

/* Bytes of a record with `text_bytes` of text after a head of `head` bytes. */
static inline uint32_t rec_bytes(uint64_t head, uint64_t text_bytes)
{
	return (uint32_t)((head + text_bytes + REC_ALIGN - 1) / REC_ALIGN * REC_ALIGN);
}

#endif
