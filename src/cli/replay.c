#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outfile.h"
#include "record/player.h"
#include "cli/recorded.h"
#include "cli/replay.h"
#include "cli/runs.h"
#include "cli/screen.h"
#include "cli/signals.h"
#include "cli/versus.h"
#include "metrics/course.h"
#include "report/text.h"
#include "ui/format.h"

#define MINUTE_BYTES sizeof "2026-11-23 14:02"

struct replay {
	struct player player;
	bool quit;
	int signal;
	struct course course;
	char *path;  /* of a run file; NULL: what is shown has no room for marks */
	struct course_mark added[COURSE_MARKS]; /* the file gets them when it is let go */
	int added_count;
};

static void add_mark(struct replay *r, struct dashboard *d, const struct order *o)
{
	char time[FORMAT_BYTES];
	struct err err;

	if (!r->path) {
		snprintf(d->message, sizeof d->message, "no mark: this is no run file, but a log of histograms");
	} else if (tags_writable(r->path, &err)) {
		snprintf(d->message, sizeof d->message, "no mark: %.140s", err.text);
	} else if (r->added_count == COURSE_MARKS) {
		snprintf(d->message, sizeof d->message, "no mark: %d were put, which is as many as go in one go",
			 COURSE_MARKS);
	} else {
		struct course_mark *m = &r->added[r->added_count++];

		m->t_us = o->t_us;
		memcpy(m->note, o->note, sizeof m->note);
		course_mark(&r->course, o->t_us, o->note);
		snprintf(d->message, sizeof d->message, "marked %s; it goes into the file when this replay is left",
			 format_elapsed(o->t_us, time));
	}
}

/* Nobody has the file open any more. */
static int save_marks(const struct replay *r, struct err *err)
{
	for (int i = 0; i < r->added_count; i++)
		if (tags_mark(r->path, r->added[i].t_us, r->added[i].note, err))
			return err_prefix(err, "%d of %d marks were not kept", r->added_count - i, r->added_count);
	return 0;
}

static void refresh(void *arg, struct dashboard *d, const struct snapshot *snapshot)
{
	struct replay *r = arg;
	static struct replayer_state state;

	(void)snapshot;
	player_state(&r->player, &state);
	d->play.playing = state.playing;
	d->play.seeking = state.seeking;
	d->play.at_end = state.at_end;
	d->play.speed = state.speed;
	d->play.steps = state.steps;
	d->play.at_us = state.at_us;
	d->play.end_us = state.end_us;
	d->trouble = state.trouble[0] ? state.trouble : NULL;
}

static void order(void *arg, struct dashboard *d, struct order o)
{
	struct replay *r = arg;
	struct replayer_state state;
	int64_t to_us;

	(void)d;
	replayer_state(r->player.replayer, &state);
	switch (o.command) {
	case COMMAND_PLAY:
		/* At the end there is nothing to play: from the start again. */
		if (state.at_end && !state.playing)
			replayer_seek(r->player.replayer, 0);
		replayer_play(r->player.replayer, state.at_end || !state.playing);
		break;
	case COMMAND_SEEK:
		to_us = o.value == INT32_MIN   ? 0
			: o.value == INT32_MAX ? state.end_us
					       : state.at_us + o.value * US_PER_S;
		if (to_us > state.end_us)
			to_us = state.end_us;
		replayer_seek(r->player.replayer, to_us < 0 ? 0 : to_us);
		break;
	case COMMAND_GOTO:
		replayer_seek(r->player.replayer, o.t_us < state.end_us ? o.t_us : state.end_us);
		break;
	case COMMAND_MARK:
		add_mark(r, d, &o);
		break;
	case COMMAND_SPEED:
		replayer_speed(r->player.replayer, o.value > 0 ? state.speed * 2 : state.speed / 2);
		break;
	case COMMAND_QUIT:
		r->quit = true;
		break;
	default:
		break;
	}
}

static void wake(void *arg)
{
	struct replay *r = arg;

	collector_wake(r->player.collector);
}

static void on_signal(void *arg, struct dashboard *d, bool hangup)
{
	struct replay *r = arg;
	int termination = signals_termination();

	(void)d;
	r->signal = termination ? termination : hangup ? SIGHUP : SIGINT;
	r->quit = true;
}

static bool done(void *arg)
{
	const struct replay *r = arg;

	return r->quit;
}

/* "2026-11-23T14:02:09.123Z" as "2026-11-23 14:02". */
static const char *minute(const char *stamp, char out[MINUTE_BYTES])
{
	char *between;

	snprintf(out, MINUTE_BYTES, "%s", stamp ? stamp : "");
	between = strchr(out, 'T');
	if (between)
		*between = ' ';
	return stamp ? out : NULL;
}

static void keep(void *arg, const struct rec_exemplar *exemplar)
{
	struct exemplars *kept = arg;

	exemplars_add(kept, exemplar);
}

int replay_show(const struct options *o, struct reader *reader, struct replay_list *list, struct err *err)
{
	struct screen_ops ops = {
		.refresh = refresh, .order = order, .wake = wake, .signal = on_signal, .done = done,
	};
	const struct run_meta *meta = reader_meta(reader);
	struct screen_config screen = {
		.theme = o->theme, .color = o->color, .glyphs = o->glyphs, .step = o->step, .mouse = o->mouse, .frames = o->frames,
	};
	struct replay r = {0};
	struct versus *versus = NULL;
	struct dashboard d;
	char recorded[MINUTE_BYTES];
	int code;

	if (list)
		screen.shared = list->themes, screen.glyphs = list->glyphs;
	dashboard_init(&d);
	d.replay = true;
	d.listed = list != NULL;
	d.name = meta->scenario;
	d.target = meta->target;
	d.seed = meta->seed;
	d.recorded = minute(meta->started_at, recorded);
	d.cut_off = *reader_closing(reader)->incomplete;
	snprintf(d.message, sizeof d.message, "%.*s", (int)sizeof d.message - 1,
		 reader_closing(reader)->incomplete);
	if (o->baseline && versus_new(o->baseline, meta, false, &versus, err)) {
		reader_close(reader);
		return -1;
	}
	ops.exemplars = exemplars_new();
	/* What is wrong with the file is said where it is played. */
	reader_exemplars(reader, keep, ops.exemplars, NULL);
	reader_course(reader, &r.course, NULL);
	d.course = &r.course;
	r.path = reader_is_log(reader) ? NULL : xstrdup(reader_path(reader));
	dashboard_baseline(&d, versus_ghost(versus));
	if (player_start(&r.player, reader, o->speed > 0 ? o->speed : 1,
			 o->at_ns > 0 ? o->at_ns / NS_PER_US : 0, false, err)) {
		exemplars_free(ops.exemplars);
		versus_free(versus);
		free(r.path);
		return -1;
	}
	code = screen_run(&d, collector_snapbox(r.player.collector), &screen, &ops, &r, err);
	if (list)
		list->glyphs = (int)d.glyphs;
	/* With it goes the meta that the dashboard's names point at. */
	player_stop(&r.player);
	exemplars_free(ops.exemplars);
	versus_free(versus);
	if (!code)
		code = save_marks(&r, err);
	free(r.path);
	return code ? -1 : r.signal ? 128 + r.signal : 0;
}

static int print_run(const struct options *o, const char *path, struct err *err)
{
	struct recorded run = {0};
	struct versus *versus = NULL;
	int code = recorded_load(path, &run, err), columns = outfile_columns(STDOUT_FILENO);

	if (!code && o->baseline)
		code = versus_new(o->baseline, reader_meta(run.reader), true, &versus, err);
	if (!code)
		result_text(stdout, &run.result, reader_meta(run.reader), &run.closing, columns, false);
	if (versus) {
		versus_compare(versus, path, reader_meta(run.reader), &run.result);
		versus_text(versus, stdout, columns, false);
	}
	versus_free(versus);
	recorded_fini(&run);
	return code;
}

static int replay_run(const struct options *o, struct err *err)
{
	struct reader *reader;
	char *path = NULL;
	int code = runs_find(o->operand, &path, err);

	if (!code && o->ui != UI_DASHBOARD) {
		code = print_run(o, path, err);
	} else if (!code) {
		code = reader_open(path, &reader, err);
		if (!code)
			code = replay_show(o, reader, NULL, err);
	}
	free(path);
	return code;
}

static int list_runs(const struct options *o, struct err *err)
{
	char *folder = runs_folder();
	struct run_list list;
	int code;

	if (!folder)
		return err_set(err, "no place where runs are recorded: neither HOME nor XDG_STATE_HOME is set");
	if (o->ui == UI_DASHBOARD) {
		code = runs_screen(o, folder, err);
	} else {
		code = runs_read(folder, &list, err);
		if (!code)
			runs_text(stdout, &list, folder);
		runs_fini(&list);
	}
	free(folder);
	return code;
}

int cmd_replay(int argc, char **argv)
{
	struct options options;
	struct err err;
	int code = options_start(CLI_REPLAY, argc, argv, &options);

	if (code >= 0)
		goto out;
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (options.ui == UI_AUTO)
		options.ui = terminal ? UI_DASHBOARD : UI_PLAIN;
	signals_install();
	if (options.ui == UI_DASHBOARD && !terminal)
		code = err_set(&err, "--ui dashboard: standard input and output are not a terminal");
	else
		code = options.operand ? replay_run(&options, &err) : list_runs(&options, &err);
	if (code < 0)
		code = options_refuse(&err);
out:
	options_fini(&options);
	return code;
}
