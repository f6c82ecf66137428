#include "cli/from.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "load/mix.h"
#include "cli/outfile.h"
#include "cli/steps.h"
#include "options_table.h"
#include "record/reader.h"
#include "record/runs.h"

struct from {
	struct reader *reader;
	char **word; /* of the recorded command line */
	int words;
	char **argv; /* those that count, then this command line's; not its own strings */
	int argc;
};

/* --- the recorded command line ---------------------------------------------- */

const char *from_word(const char *s, char *out)
{
	bool quoted = false, escapes = false;

	for (; *s && (quoted || *s != ' '); s++) {
		if (!quoted && s[0] == '$' && s[1] == '\'') {
			quoted = escapes = true;
			s++;
		} else if (*s == '\'') {
			quoted = !quoted;
			escapes = false;
		} else if (*s == '\\' && escapes && s[1] >= '0' && s[1] <= '7') {
			*out++ = (char)strtol((const char[]){s[1], s[2], s[2] ? s[3] : 0, 0}, NULL, 8);
			s += strnlen(s + 1, 3);
		} else if (*s == '\\' && s[1] && (escapes || !quoted)) {
			*out++ = *++s;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
	return *s ? s + 1 : s;
}

static void split(struct from *f, const char *line)
{
	size_t room = strlen(line) + 1;

	while (*line) {
		char *word = xmalloc(room);

		line = from_word(line, word);
		f->word = xreallocarray(f->word, (size_t)f->words + 1, sizeof *f->word);
		f->word[f->words++] = word;
	}
}

static bool named(const struct option_row *row, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(row->name, *names))
			return true;
	return false;
}

static const char *const shapes[] = {"concurrency", "rate", "stage", "sweep", NULL};

/* Results go where this command line says; what the load was is in the recording;
 * what was secret is not. */
static bool counts(const struct option_row *row, const char *value)
{
	static const char *const not[] = {"duration", "from", NULL};

	if (!option_by_name(CLI_RUN, row->name, strlen(row->name)))
		return false;
	if (row->secret != SECRET_NONE && value && strstr(value, SECRET_SHOWN))
		return false;
	if (named(row, shapes) || named(row, not))
		return false;
	return row->group == GROUP_LOAD || row->group == GROUP_REQUEST || row->group == GROUP_CONNECTION ||
	       !strcmp(row->name, "slo");
}

static void put(struct from *f, char *word)
{
	f->argv = xreallocarray(f->argv, (size_t)f->argc + 2, sizeof *f->argv);
	f->argv[f->argc++] = word;
	f->argv[f->argc] = NULL;
}

/* Words belong to `f`: those made here, too. */
static char *own(struct from *f, char *word)
{
	f->word = xreallocarray(f->word, (size_t)f->words + 1, sizeof *f->word);
	f->word[f->words++] = word;
	return word;
}

/* Returns the recorded operand, or NULL. */
static char *keep_recorded(struct from *f, enum cli_command command)
{
	int words = f->words;
	struct option_scan scan = {.command = command, .argc = words, .argv = f->word, .next = 2};
	char *operand = NULL;

	while (option_scan(&scan, NULL) > 0) {
		if (!scan.row)
			operand = f->word[scan.at];
		else if (counts(scan.row, scan.value))
			put(f, own(f, scan.value ? xasprintf("--%s=%s", scan.row->name, scan.value)
						 : xasprintf("--%s", scan.row->name)));
		scan.argv = f->word; /* own() may have moved it */
	}
	return operand;
}

/* Does this command line say what the load is? */
static bool shaped(int argc, char **argv)
{
	struct option_scan scan = {.command = CLI_RUN, .argc = argc, .argv = argv, .next = 1};

	while (option_scan(&scan, NULL) > 0)
		if (scan.row && named(scan.row, shapes))
			return true;
	return false;
}

/* --- the recorded load ------------------------------------------------------- */

static int read_steps(struct from *f, struct steps *s, struct err *err)
{
	const struct run_meta *meta = reader_meta(f->reader);
	const struct rec *rec;
	bool failed = false;
	struct mix mix;
	int mixes = 0, trials = 0;

	steps_init(s);
	mix_init(&mix, meta->task_weight, meta->task_count);
	while ((rec = reader_next(f->reader, &failed, err)) != NULL) {
		const struct rec_event *e = (const struct rec_event *)rec;

		if (rec->kind == REC_POINT)
			steps_take(s, (const struct rec_point *)rec);
		else if (rec->kind == REC_EVENT && e->what == EVENT_KEY)
			mixes += mix_read(&mix, e->text, e->text_bytes, meta->task_name);
		else if (rec->kind == REC_EVENT && e->what == EVENT_TRIAL)
			trials += e->value == trial_value(TRIAL_BEGAN, (enum trial_axis)(e->value >> 8 & 0xff), 0);
	}
	if (trials)
		fprintf(stderr, "brunt: --from: the recorded run had %d micro-experiment%s; only the levels are driven again, requests are as the scenario has them\n",
			trials, trials == 1 ? "" : "s");
	if (mixes)
		fprintf(stderr, "brunt: --from: the recorded run's mix was changed by hand %d time%s; its tasks are sent by their weights all along\n",
			mixes, mixes == 1 ? "" : "s");
	if (!failed && !s->measured_ns)
		return err_set(err, "the run has no load in it; expected one that sent something");
	return failed ? -1 : 0;
}

/* --- together ---------------------------------------------------------------- */

/* The recorded text, for the target that was given; data files are where they were. */
static int read_scenario(const struct options *o, const char *recorded, const struct run_meta *meta,
			 struct scenario **out, struct err *err)
{
	const char *base = o->operand_is_url ? o->operand : NULL;
	struct faults faults;

	if (!recorded && !base)
		return err_set(err, "the run was of brunt demo; expected the URL of a target, such as that of brunt serve");
	if (scenario_parse(meta->source, strlen(meta->source), recorded ? recorded : "demo", base, out, &faults))
		return faults_first(&faults, err);
	scenario_set_headers(*out, o->header, o->header_count);
	if (o->user_password)
		scenario_add_credentials(*out, o->user_password);
	return options_add_slos(o, *out, err);
}

static int take_load(struct from *f, struct options *o, struct err *err)
{
	int64_t recorded_ns = reader_meta(f->reader)->warmup_us * NS_PER_US;
	struct steps steps;

	if (read_steps(f, &steps, err)) {
		free(steps.stage);
		return -1;
	}
	if (o->warmup_ns < 0)
		o->warmup_ns = recorded_ns;
	o->stage_lead_ns = steps_lead_ns(&steps, recorded_ns, o->warmup_ns);
	o->stage = steps.stage;
	o->stage_count = steps.count;
	if (o->duration_ns < 0 && o->requests < 0)
		o->duration_ns = steps.measured_ns;
	return 0;
}

static int combine(struct from *f, int argc, char **argv, struct options *o, struct scenario **scenario,
		   struct err *err)
{
	const struct run_meta *meta = reader_meta(f->reader);
	bool own_load = shaped(argc, argv), given = o->operand != NULL;
	bool demo, of_scenario;
	char *recorded;

	split(f, meta->argv);
	if (f->words < 2)
		return err_set(err, "the recording does not say how the run was started");
	demo = !strcmp(f->word[1], "demo");
	if (!demo && strcmp(f->word[1], "run"))
		return err_set(err, "this is a run of brunt %.20s; expected one of brunt run or demo", f->word[1]);
	put(f, argv[0]);
	recorded = keep_recorded(f, demo ? CLI_DEMO : CLI_RUN);
	of_scenario = meta->source && (!given || o->operand_is_url);
	for (int i = 1; i < argc; i++)
		put(f, argv[i]);
	if (!given && recorded)
		put(f, recorded);
	options_fini(o);
	if (options_parse(CLI_RUN, f->argc, f->argv, o, err))
		return -1;
	if (!o->seed_given)
		o->seed = meta->seed;
	o->seed_given = true;
	if (!own_load && take_load(f, o, err))
		return -1;
	return of_scenario ? read_scenario(o, recorded, meta, scenario, err) : 0;
}

int from_run(int argc, char **argv, struct options *options, struct from **out, struct scenario **scenario,
	     struct err *err)
{
	struct from *f = *out = xcalloc(1, sizeof *f);
	char *path = NULL;
	int code = runs_find(options->from, &path, err);

	if (!code && options->record && outfile_same(options->record, path)) {
		err_set(err, "--record: %s is what --from reads; expected another file", options->record);
		free(path);
		return -1;
	}
	if (!code)
		code = reader_open(path, &f->reader, err);
	if (!code)
		code = combine(f, argc, argv, options, scenario, err);
	free(path);
	return code ? err_prefix(err, "--from") : 0;
}

void from_free(struct from *f)
{
	if (!f)
		return;
	reader_close(f->reader);
	for (int i = 0; i < f->words; i++)
		free(f->word[i]);
	free(f->word);
	free(f->argv);
	free(f);
}
