/* The dashboard as a pure function: (state, snapshot, size) to canvas; and
 * (state, key) to state plus what the program has to do. No terminal, no clock,
 * no threads in here. Main thread. */
#ifndef UI_DASHBOARD_H
#define UI_DASHBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/course.h"
#include "run/snapshot.h"
#include "ui/canvas.h"
#include "ui/filter.h"
#include "ui/ghost.h"
#include "ui/glyphs.h"
#include "ui/keys.h"
#include "ui/mouse.h"
#include "ui/prompt.h"
#include "ui/region.h"

enum view_kind {
	VIEW_OVERVIEW, VIEW_LATENCY, VIEW_TASKS, VIEW_PHASES, VIEW_STREAM, VIEW_SCALING, VIEW_ERRORS, VIEW_CACHE, VIEW_COUNT
};

enum pane {
	PANE_RATE, PANE_TREND, PANE_HISTOGRAM, PANE_TASKS, PANE_ERRORS, PANE_POINTS, PANE_SERVER,
	/* Latency */
	PANE_HEATMAP, PANE_AUDIT,
	/* Phases */
	PANE_PHASES, PANE_PHASE_NUMBERS, PANE_PHASE_TREND,
	/* Tasks */
	PANE_BESIDE,
	/* Stream */
	PANE_TTFT, PANE_TPOT, PANE_ITL, PANE_TTFT_TREND, PANE_TOKENS, PANE_ITL_TREND, PANE_STALLS,
	/* Scaling */
	PANE_SCALING_X, PANE_SCALING_R, PANE_SCALING_WORDS,
	/* Errors */
	PANE_CLASSES, PANE_DETAIL, PANE_FAILING_TASKS, PANE_FAILING_LOADS, PANE_FAILED_TIMES,
	/* Cache */
	PANE_CACHE, PANE_RATIO, PANE_SPLIT, PANE_ADVICE, PANE_CACHE_TASKS,
	/* Overview */
	PANE_VERDICT,
	PANE_COUNT
};

/* What the user is being asked for. */
enum asking { ASKING_NOTHING, ASKING_NOTE, ASKING_FILTER };

struct dashboard {
	/* What does not change during a run; strings are the caller's. */
	const char *name;   /* scenario or "default" */
	const char *target;
	uint64_t seed;
	bool replay;
	const char *recorded; /* replay: when the run was made, else NULL */
	bool cut_off;         /* replay: the recording lacks the run's end */
	const struct ghost *baseline; /* the caller's; NULL: none */
	bool listed;          /* replay: from a list, to which q and Esc go back */

	/* What keys change. */
	enum view_kind view;
	enum pane focus;
	bool zoomed, help, quit_asked;
	bool ghost;         /* the baseline is shown */
	bool frozen;        /* the picture stands; the caller keeps the snapshot */
	bool past;          /* live: the picture is of the past; by the caller */
	enum asking asking;
	struct prompt prompt; /* the answer so far */
	struct filter filter;
	char filter_why[FILTER_TEXT]; /* ASKING_FILTER: what is wrong with the answer; "" nothing */
	int64_t mark_us;      /* ASKING_NOTE: the moment that is marked */
	int help_top;       /* first line shown */
	int cursor;         /* row in the task table; 0: all, 1..: task */
	int error_cursor;   /* row in the table of errors */
	int64_t heat_t_us;  /* where the heatmap's cursor is; INT64_MAX: in its newest column */
	int heat_bin;       /* of the log grid; -1: among the newest, unmoved */
	bool focus_given;   /* by Tab or a click, in this view: a histogram then has a cursor */
	struct region pressed; /* the key that was clicked last; nothing since: what it said may cover it */
	int histogram_bin;  /* of the log grid; -1: where the median is, unmoved */
	struct {
		bool open;
		int cursor, top; /* in the list; first line shown of the chosen one */
		struct exemplar_query query;
		char what[96];   /* that was asked for */
	} exemplar;
	struct {
		bool open;
		int cursor; /* enum trial_axis */
	} trials; /* the menu of micro-experiments */
	enum clock_kind clock; /* whose latencies are shown */
	bool tour;          /* by ui/tour.h */
	unsigned toured;    /* its steps that are done, a bit each */
	int step;           /* 1, 5, 10, 50, 100 */
	enum glyph_set glyphs;

	/* What the caller tells before each frame. */
	int width, height;     /* of the screen; 0: not yet known */
	int64_t warmup_us;     /* how long the warm-up is; 0: none */
	enum load_mode mode;   /* these two as control has them; ahead of the snapshot */
	double level;          /* users, or arrivals per second */
	bool load_paused;
	int64_t stop_us;       /* the load ends then by itself; 0: it does not, or that is not known */
	uint64_t requests;     /* or after so many; 0: no limit */
	int64_t drain_until_us; /* running requests are cut off then; 0: not known */
	bool stopping;         /* the load is ending: q no longer asks */
	struct {
		bool playing, seeking, at_end;
		bool steps; /* too fast to show every sample */
		double speed;
		int64_t at_us, end_us;
	} play;             /* replay, and the past of a live run, which ends now */
	const struct course *course; /* the whole run; the caller's. NULL: not known */
	const char *trouble; /* recording trouble, or NULL */
	const struct exemplar_list *found; /* what COMMAND_EXEMPLARS found; NULL: nothing yet */
	char sweep[SNAP_SWEEP]; /* what one does now; "": there is none */
	char trial[REC_TEXT_MAX + 1]; /* the same of a micro-experiment */
	bool trial_can[TRIAL_AXES];   /* which are possible, */
	char trial_words[TRIAL_AXES][96]; /* and their steps, or why not */
	char message[160];  /* shown instead of the key bar; "" none */
	struct regions *regions; /* the caller's: dashboard_draw() notes there what can be clicked. NULL: no mouse */
};

/* Is what is shown over? Then the load of now is not that of the picture. */
static inline bool dashboard_recorded(const struct dashboard *d)
{
	return d->replay || d->past;
}

void dashboard_init(struct dashboard *d);
/* Shows it from the start; NULL: there is none. */
void dashboard_baseline(struct dashboard *d, const struct ghost *baseline);

/* What is left of it by the filter, to be drawn and asked about; *room is the caller's. */
const struct snapshot *dashboard_filtered(const struct dashboard *d, const struct snapshot *snapshot,
					  struct snapshot *room);

/* Draws the whole frame; `snapshot` NULL: nothing is known yet. Any size from
 * 1 x 1. */
void dashboard_draw(const struct dashboard *d, const struct snapshot *snapshot,
		    struct canvas *canvas);

/* What the program has to do after a key; everything else is already done in
 * the state. */
enum command {
	COMMAND_NONE,    /* nothing changed */
	COMMAND_REDRAW,  /* the state changed */
	COMMAND_LEVEL,   /* set the load to `level` users or arrivals per second */
	COMMAND_SOLO, COMMAND_MUTE, COMMAND_WEIGHT, /* of task `value`; weight times `level` */
	COMMAND_SWEEP,   /* begin, stop or go on with a sweep */
	COMMAND_TRIAL,   /* begin the micro-experiment `value`; -1: stop the one that goes on */
	COMMAND_PAUSE,   /* pause or resume the load */
	COMMAND_FRESH,   /* fresh window */
	COMMAND_THEME,   /* next (value 1) or previous (-1) theme */
	COMMAND_SAVE,    /* the screen into files */
	COMMAND_REPAINT, COMMAND_SUSPEND, COMMAND_QUIT,
	COMMAND_PLAY,    /* toggle */
	COMMAND_SEEK,    /* by value seconds; INT32_MIN, INT32_MAX: ends */
	COMMAND_GOTO,    /* to t_us */
	COMMAND_SPEED,   /* value 1: double, -1: halve */
	COMMAND_MARK,    /* t_us, with `note` */
	COMMAND_EXEMPLARS, /* find what exemplar.query asks for, then dashboard_found() */
};
struct order {
	enum command command;
	int32_t value;
	enum load_mode mode;
	double level;
	int64_t t_us;
	char note[COURSE_NOTE]; /* printable; "" none */
};
#define DASHBOARD_MAX_RATE 1e6 /* arrivals per second */
/* `max_users` bounds the users of COMMAND_LEVEL. */
struct order dashboard_key(struct dashboard *d, const struct snapshot *snapshot,
			   int code, uint32_t max_users);

/* The same for what a mouse did to the picture that was drawn last, with its snapshot. */
struct order dashboard_mouse(struct dashboard *d, const struct snapshot *snapshot, struct mouse mouse,
			     uint32_t max_users);

/* `found` is there to be shown; where it is empty the screen stays and says so. */
void dashboard_found(struct dashboard *d);

/* What the state asks of the model. */
struct view_query dashboard_query(const struct dashboard *d);

#endif
