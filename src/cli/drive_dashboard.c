#include <math.h>
#include <string.h>

#include "cli/drive.h"
#include "cli/ending.h"
#include "cli/sweeping.h"
#include "cli/travel.h"
#include "cli/trying.h"
#include "metrics/course.h"
#include "ui/format.h"
#include "ui/tour.h"

struct live {
	struct ending ending;
	struct session *session;
	struct travel travel;
	struct sweeping sweeping;
	struct trying trying;
	struct course course;
	bool told_redirects; /* that answers are some */
	bool expects_http2; /* and has not said that it does not come */
};

/* The run goes on by what is now, whatever is being looked at. */
static void follow(struct live *live, const struct snapshot *snapshot)
{
	ending_errors(&live->ending, snapshot);
	ending_slos(&live->ending, snapshot);
	sweeping_look(&live->sweeping, snapshot);
	trying_look(&live->trying, snapshot);
	if (sweeping_over(&live->sweeping, live->ending.end))
		ending_done(&live->ending);
}

/* What is shown is not of now: then nobody else reads what is. */
static bool looks_away(const struct live *live, const struct dashboard *d)
{
	return d->frozen || live->travel.away;
}

static void turn(void *arg, struct dashboard *d)
{
	struct live *live = arg;
	const struct snapshot *snapshot;
	bool fresh;

	if (!looks_away(live, d))
		return;
	snapshot = snapbox_read(session_snapbox(live->session), &fresh);
	if (snapshot && fresh)
		follow(live, snapshot);
}

/* A load change that the newest pictures have no room for any more stays known. */
static void follow_course(struct course *c, const struct snapshot *s, int64_t now_us)
{
	for (int i = 0; i < s->point_count; i++) {
		const struct snap_point *p = &s->point[i];

		course_point(c, &(struct course_point){
			.t_us = p->t_us, .level = p->level, .mode = p->mode, .phase = p->phase});
	}
	course_set_bad(c, s->heat.length_us, s->bad, s->heat.columns);
	c->end_us = now_us;
}

static void mark(struct live *live, struct dashboard *d, const struct order *o)
{
	bool recorded = session_record_path(live->session) && !*session_trouble(live->session);
	char time[FORMAT_BYTES];

	session_mark(live->session, o->t_us, o->note);
	course_mark(&live->course, o->t_us, o->note);
	snprintf(d->message, sizeof d->message, "marked %s%s", format_elapsed(o->t_us, time),
		 recorded ? "" : "; the run is not recorded, so for this screen and the summary only");
}

static void look_at_versions(struct live *live, struct dashboard *d, const struct snapshot *s)
{
	if (!live->expects_http2 || *d->message || !(s->http1_answers + s->http2_answers))
		return;
	live->expects_http2 = false;
	if (!s->http2_answers)
		snprintf(d->message, sizeof d->message, "--http2 was asked for, and the server answers with HTTP/1.1");
}

static void look_at_redirects(struct live *live, struct dashboard *d, const struct snapshot *s)
{
	if (live->told_redirects || *d->message || !s->redirects)
		return;
	live->told_redirects = true;
	snprintf(d->message, sizeof d->message, "answers are redirects: -L follows them");
}

static void refresh(void *arg, struct dashboard *d, const struct snapshot *snapshot)
{
	struct live *live = arg;
	const char *trouble = session_trouble(live->session);
	struct load_level level;
	bool fresh;

	if (looks_away(live, d))
		snapshot = snapbox_read(session_snapbox(live->session), &fresh);
	if (snapshot) {
		follow(live, snapshot);
		look_at_versions(live, d, snapshot);
		look_at_redirects(live, d, snapshot);
	}
	/* A sweep may have changed it just now. */
	level = session_level(live->session);
	d->mode = level.mode;
	d->level = level.mode == MODE_OPEN ? level.level : round(level.level);
	d->load_paused = session_paused(live->session);
	d->stop_us = session_stop_us(live->session);
	d->drain_until_us = session_drain_until_us(live->session);
	d->stopping = live->ending.stopped;
	d->trouble = trouble[0] ? trouble : NULL;
	travel_refresh(&live->travel, d, snapshot, session_now_us(live->session));
	if (snapshot)
		follow_course(&live->course, snapshot, session_now_us(live->session));
	sweeping_progress(&live->sweeping, d->sweep);
	trying_progress(&live->trying, d->trial);
	for (int i = 0; i < TRIAL_AXES; i++)
		d->trial_can[i] = trying_possible(&live->trying, (enum trial_axis)i, snapshot, d->trial_words[i]);
	tour_follow(d, snapshot);
}

/* A key for the load takes it from a sweep. */
static void take_over(struct live *live, struct dashboard *d)
{
	size_t n = strlen(d->message);

	if (sweeping_take_over(&live->sweeping))
		snprintf(d->message + n, sizeof d->message - n, "; the sweep waits, s gives back");
}

/* Begins one, or stops the one that goes on. */
static void try_axis(struct live *live, struct dashboard *d, const struct snapshot *snapshot, int axis)
{

	if (trying_stop(&live->trying, d->message, sizeof d->message) || axis < 0 || live->ending.stopped)
		return;
	/* Not of what was then, nor of a picture that stands still. */
	if (looks_away(live, d))
		snapshot = snapbox_read(session_snapbox(live->session), NULL);
	if (live->sweeping.asked || sweep_going(&live->sweeping.sweep))
		snprintf(d->message, sizeof d->message, "a sweep has the load: s stops it");
	else
		trying_begin(&live->trying, (enum trial_axis)axis, snapshot, d->message, sizeof d->message);
}

static void order(void *arg, struct dashboard *d, const struct snapshot *snapshot, struct order o)
{
	struct live *live = arg;
	bool steers = o.command == COMMAND_LEVEL || o.command == COMMAND_SWEEP;

	/* A level was meant of the load that there was before. */
	if ((steers || o.command == COMMAND_SOLO || o.command == COMMAND_MUTE || o.command == COMMAND_WEIGHT ||
	     o.command == COMMAND_PAUSE) &&
	    trying_stop(&live->trying, d->message, sizeof d->message) && steers)
		return;
	switch (o.command) {
	case COMMAND_LEVEL:
		take_over(live, d);
		session_set_level(live->session, (struct load_level){.mode = o.mode, .level = o.level});
		break;
	case COMMAND_SOLO:
	case COMMAND_MUTE:
	case COMMAND_WEIGHT:
		session_set_mix(live->session, o.command == COMMAND_SOLO ? MIX_SOLO : o.command == COMMAND_MUTE ? MIX_MUTE
				: MIX_WEIGHT, o.value, o.level, d->message, sizeof d->message);
		take_over(live, d);
		break;
	case COMMAND_PAUSE:
		take_over(live, d);
		session_pause(live->session, !session_paused(live->session));
		break;
	case COMMAND_SWEEP:
		if (!live->ending.stopped)
			sweeping_key(&live->sweeping, d->message, sizeof d->message);
		break;
	case COMMAND_TRIAL:
		try_axis(live, d, snapshot, o.value);
		break;
	case COMMAND_FRESH:
		session_fresh_window(live->session);
		break;
	case COMMAND_SEEK:
	case COMMAND_PLAY:
	case COMMAND_GOTO:
		travel_order(&live->travel, d, o, session_now_us(live->session));
		break;
	case COMMAND_MARK:
		mark(live, d, &o);
		break;
	case COMMAND_QUIT:
		if (live->ending.stopped)
			snprintf(d->message, sizeof d->message, "ending now");
		else
			snprintf(d->message, sizeof d->message,
				 "waiting for running requests; q again ends at once");
		ending_quit(&live->ending);
		break;
	default:
		break;
	}
}

/* The load is about to end. */
static void leave(void *arg)
{
	struct live *live = arg;

	sweeping_stop(&live->sweeping);
	trying_leave(&live->trying);
}

static void wake(void *arg)
{
	struct live *live = arg;

	session_wake(live->session);
	travel_wake(&live->travel);
}

static struct snapbox *box(void *arg)
{
	struct live *live = arg;

	return travel_box(&live->travel, session_snapbox(live->session));
}

static void on_signal(void *arg, struct dashboard *d, bool hangup)
{
	struct live *live = arg;

	ending_signals(&live->ending, hangup);
	snprintf(d->message, sizeof d->message,
		 "waiting for running requests; Ctrl-C again ends at once");
}

static bool done(void *arg)
{
	struct live *live = arg;

	return session_ended(live->session);
}

int drive_dashboard(struct session *session, const struct drive_config *config,
		    struct drive_end *end, struct err *err)
{
	static const struct screen_ops ops = {
		.refresh = refresh, .turn = turn, .order = order, .wake = wake,
		.signal = on_signal, .done = done, .box = box,
	};
	struct screen_ops with_max = ops;
	struct live live = {
		.ending = {.session = session, .config = config, .end = end},
		.session = session,
		.expects_http2 = config->expects_http2,
	};
	struct drive_config after = *config;
	const struct run_meta *meta = session_meta(session);
	struct dashboard d;

	sweeping_init(&live.sweeping, session, config->sweep, config->max_users, config->slos);
	trying_init(&live.trying, session, config->max_users);
	live.ending.leaving = leave;
	live.ending.leaving_arg = &live;
	travel_init(&live.travel, session_record_path(session));
	with_max.max_users = config->max_users;
	with_max.exemplars = session_exemplars(session);
	dashboard_init(&d);
	d.name = meta->scenario;
	d.target = meta->target;
	d.seed = meta->seed;
	d.warmup_us = meta->warmup_us;
	d.requests = meta->requests > 0 ? (uint64_t)meta->requests : 0;
	course_init(&live.course);
	d.course = &live.course;
	dashboard_baseline(&d, config->baseline);
	if (config->tour)
		tour_start(&d);
	int code = screen_run(&d, session_snapbox(session), &config->screen, &with_max, &live, err);

	/* The run file is left alone before it is closed. */
	travel_fini(&live.travel);
	if (code)
		return -1;
	/* --frames or a lost terminal: the load ends with its screen. */
	if (!session_ended(session) && !live.ending.stopped)
		ending_quit(&live.ending);
	trying_fini(&live.trying);
	after.sweep = NULL;
	return drive_plain(session, &after, false, end);
}
