/* The list of runs on the terminal: ui/runlist draws it and reads keys, record/ lists
 * and changes runs, a chosen one is shown by the replay in the same terminal. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/replay.h"
#include "cli/runs.h"
#include "cli/signals.h"
#include "ui/keys.h"
#include "ui/runlist.h"
#include "ui/term.h"

#define TICK_NS NS_PER_S /* ages pass, and other runs begin and end */
#define MESSAGE_NS (6 * NS_PER_S)

struct screen {
	const struct options *options;
	const char *folder;
	struct run_list runs;
	struct runlist_row *row; /* of runs */
	char **path;             /* the same, printable */
	struct runlist list;
	struct themes themes;
	struct canvas canvas;
	struct regions regions; /* of the canvas */
	struct timespec changed; /* the folder, when it was read */
	int64_t message_since_ns;
	bool quit;
	int exit_code;
};

/* --- rows --- */

static struct runlist_row row_of(const struct run_entry *e, const char *path)
{
	static const enum runlist_kind kind[] = {
		[RUN_CLOSED] = RUNLIST_CLOSED, [RUN_RUNNING] = RUNLIST_RUNNING,
		[RUN_CUT_OFF] = RUNLIST_CUT_OFF, [RUN_UNREADABLE] = RUNLIST_UNREADABLE,
	};

	return (struct runlist_row){
		.kind = kind[e->state],
		.path = path,
		.name = e->tags.name,
		.label = e->label,
		.target = e->target,
		.scenario = e->scenario,
		.note = e->tags.note,
		.argv = e->argv,
		.slo = e->slo,
		.why = e->why,
		.started_s = e->started_s,
		.duration_us = e->duration_us,
		.p95_us = e->figures.known ? e->figures.p95_us : -1,
		.requests = e->figures.known ? (int64_t)e->figures.requests : -1,
		.errors = runs_errors(e),
		.seed = e->seed,
		.exit_code = e->exit_code,
		.pinned = e->tags.pinned,
	};
}

static char *printable(const char *path)
{
	size_t bytes = strlen(path);
	/* Each byte may become a sign of its own, none becomes more. */
	char *out = xmalloc(bytes + 1);

	return utf8_clean(path, bytes, out, bytes + 1);
}

static void free_rows(char **path, struct runlist_row *row, struct run_list *runs)
{
	for (int i = 0; i < runs->count; i++)
		free(path[i]);
	free(path);
	free(row);
	runs_fini(runs);
}

static bool folder_changed(const struct screen *s)
{
	struct stat st = {0};

	return stat(s->folder, &st) == 0 && (st.st_mtim.tv_sec != s->changed.tv_sec ||
					     st.st_mtim.tv_nsec != s->changed.tv_nsec);
}

static int reload(struct screen *s, struct err *err)
{
	struct run_list old_runs = s->runs, runs;
	struct runlist_row *old_row = s->row;
	char **old_path = s->path;
	struct stat st = {0};

	if (runs_read(s->folder, &runs, err))
		return -1;
	/* Reading may leave a -shm beside a run that was killed. */
	if (stat(s->folder, &st) == 0)
		s->changed = st.st_mtim;
	s->runs = runs;
	s->row = xcalloc((size_t)runs.count + 1, sizeof *s->row);
	s->path = xcalloc((size_t)runs.count + 1, sizeof *s->path);
	for (int i = 0; i < runs.count; i++) {
		s->path[i] = printable(runs.entry[i].path);
		s->row[i] = row_of(&runs.entry[i], s->path[i]);
	}
	runlist_rows(&s->list, s->row, runs.count);
	free_rows(old_path, old_row, &old_runs);
	return 0;
}

/* --- orders --- */

static void say(struct screen *s, const char *text)
{
	snprintf(s->list.message, sizeof s->list.message, "%s", text);
}

/* The file that the cursor is on, as it is called in the system. */
static const struct run_entry *here(const struct screen *s)
{
	const struct runlist_row *row = runlist_here(&s->list);

	return row ? &s->runs.entry[row - s->row] : NULL;
}

/* Without the path of the run under the cursor: one line has to do. */
static void complain(struct screen *s, const struct err *err)
{
	const struct run_entry *e = here(s);
	size_t n = e ? strlen(e->path) : 0;
	const char *text = err->text + (n && !strncmp(err->text, e->path, n) && err->text[n] == ':' ? n + 1 : 0);

	utf8_clean(text, strlen(text), s->list.message, sizeof s->list.message);
}

static void open_run(struct screen *s)
{
	struct replay_list list = {.themes = &s->themes, .glyphs = (int)s->list.glyphs};
	const struct run_entry *e = here(s);
	struct reader *reader;
	struct err err;
	int code;

	if (reader_open(e->path, &reader, &err)) {
		complain(s, &err);
		return;
	}
	code = replay_show(s->options, reader, &list, &err);
	s->list.glyphs = (enum glyph_set)list.glyphs;
	term_theme(&s->themes.theme);
	if (code < 0) {
		complain(s, &err);
	} else if (code > 0) {
		s->quit = true;
		s->exit_code = code;
	}
}

/* Two runs of one name would leave neither to be found by it. */
static int name_is_free(const struct screen *s, const char *name, const struct run_entry *but, struct err *err)
{
	for (int i = 0; *name && i < s->runs.count; i++)
		if (&s->runs.entry[i] != but && !strcmp(s->runs.entry[i].tags.name, name))
			return err_set(err, "%s: another run has this name; take it away there first", name);
	return 0;
}

static int rename_run(const struct screen *s, const struct run_entry *e, const char *name, struct err *err)
{
	if (*name && tags_check_name(name, err))
		return -1;
	return name_is_free(s, name, e, err) ? -1 : tags_name(e->path, name, err);
}

/* What changes a run is seen in the list by reading it again. */
static void change(struct screen *s, enum runlist_command command)
{
	const struct run_entry *e = here(s);
	const char *text = s->list.prompt.text, *done;
	struct err err;
	int code;

	switch (command) {
	case RUNLIST_PIN:
		code = tags_pin(e->path, !e->tags.pinned, &err);
		done = e->tags.pinned ? "no longer pinned" : "pinned: it stays when old runs are removed";
		break;
	case RUNLIST_RENAME:
		code = rename_run(s, e, text, &err);
		done = *text ? "named" : "the name is gone";
		break;
	case RUNLIST_WRITE_NOTE:
		code = tags_note(e->path, text, &err);
		done = *text ? "noted" : "the note is gone";
		break;
	default:
		code = runs_delete(e->path, &err);
		done = "deleted";
		break;
	}
	say(s, done);
	if (code || reload(s, &err))
		complain(s, &err);
}

static void step_theme(struct screen *s, int by)
{
	struct err err;
	const char *name;

	if (themes_step(&s->themes, by, &name, &err)) {
		complain(s, &err);
		return;
	}
	snprintf(s->list.message, sizeof s->list.message, "theme %s", name);
	term_theme(&s->themes.theme);
}

static void carry_out(struct screen *s, struct runlist_order order)
{
	struct err err;

	switch (order.command) {
	case RUNLIST_NONE:
	case RUNLIST_REDRAW:
		break;
	case RUNLIST_OPEN:
		open_run(s);
		break;
	case RUNLIST_PIN:
	case RUNLIST_RENAME:
	case RUNLIST_WRITE_NOTE:
	case RUNLIST_REMOVE:
		change(s, order.command);
		break;
	case RUNLIST_RELOAD:
		if (reload(s, &err))
			complain(s, &err);
		break;
	case RUNLIST_THEME:
		step_theme(s, order.value);
		break;
	case RUNLIST_REPAINT:
		term_repaint();
		break;
	case RUNLIST_SUSPEND:
		term_suspend("brunt is suspended; fg brings it back", false);
		break;
	case RUNLIST_QUIT:
		s->quit = true;
		break;
	}
}

/* --- the loop --- */

static void draw(struct screen *s)
{
	int width, height;

	term_size(&width, &height);
	if (width != s->canvas.width || height != s->canvas.height)
		canvas_resize(&s->canvas, width, height);
	s->list.width = width;
	s->list.height = height;
	s->list.now_s = clock_wall_ns() / NS_PER_S;
	runlist_draw(&s->list, &s->canvas);
	term_show(&s->canvas);
}

static void on_key(struct screen *s, int key)
{
	char before[sizeof s->list.message];
	struct runlist_order order;

	memcpy(before, s->list.message, sizeof before);
	s->list.message[0] = '\0';
	order = key == KEY_MOUSE_ ? runlist_mouse(&s->list, term_mouse()) : runlist_key(&s->list, key);
	/* What is said stays where nothing was asked for. */
	if (key == KEY_RESIZE_ || (key == KEY_MOUSE_ && order.command == RUNLIST_NONE))
		memcpy(s->list.message, before, sizeof before);
	else
		s->message_since_ns = clock_ns();
	carry_out(s, order);
}

static void tick(struct screen *s, int64_t now_ns)
{
	struct err err;

	if (s->list.message[0] && now_ns - s->message_since_ns > MESSAGE_NS)
		s->list.message[0] = '\0';
	if (folder_changed(s) && reload(s, &err))
		complain(s, &err);
}

/* Leaves where a signal came, or the terminal went away. */
static bool ended_by_signal(struct screen *s, bool gone)
{
	int number = signals_termination() ? signals_termination() : gone ? SIGHUP : signals_interrupts() ? SIGINT : 0;

	if (!number)
		return false;
	s->exit_code = 128 + number;
	return true;
}

static void loop(struct screen *s)
{
	int64_t shown = 0, last_ns = clock_ns();

	while (!s->quit) {
		int key;

		draw(s);
		if (++shown == s->options->frames)
			break;
		key = term_key((int)(TICK_NS / NS_PER_MS), signals_fd());
		if (key == 0)
			signals_drain();
		if (ended_by_signal(s, key < 0))
			break;
		if (key > 0)
			on_key(s, key);
		if (clock_ns() - last_ns >= TICK_NS) {
			last_ns = clock_ns();
			tick(s, last_ns);
		}
	}
}

int runs_screen(const struct options *options, const char *folder, struct err *err)
{
	struct screen s = {.options = options, .folder = folder};
	int code;

	runlist_init(&s.list);
	s.list.folder = folder;
	s.list.name_most = TAGS_NAME_BYTES - 1;
	s.list.note_most = TAGS_NOTE_BYTES - 1;
	s.list.glyphs = options->glyphs < 0 ? glyphs_auto() : (enum glyph_set)options->glyphs;
	if (themes_init(&s.themes, options->theme, err))
		return -1;
	canvas_init(&s.canvas, 0, 0);
	code = reload(&s, err);
	term_use_mouse(options->mouse);
	if (!code)
		code = term_open(options->color, err);
	if (!code) {
		s.list.regions = term_has_mouse() ? &s.regions : NULL;
		term_theme(&s.themes.theme);
		loop(&s);
		term_close();
	}
	canvas_fini(&s.canvas);
	themes_fini(&s.themes);
	free_rows(s.path, s.row, &s.runs);
	return code ? code : s.exit_code;
}
