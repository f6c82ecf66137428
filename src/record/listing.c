#include "record/runs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/utf8.h"
#include "record/reader.h"
#include "runfile.h"
#include "schema.h"

/* Cut to its room, also where there are many. */
static void join(char *const *list, char *out, size_t bytes)
{
	size_t used = 0;

	*out = '\0';
	for (; list && *list && used + 1 < bytes; list++) {
		if (used)
			used += (size_t)snprintf(out + used, bytes - used, ", ");
		if (used < bytes) {
			utf8_clean(*list, strlen(*list), out + used, bytes - used);
			used += strlen(out + used);
		}
	}
}

static void copy(const char *text, char *out, size_t bytes)
{
	utf8_clean(text, strlen(text), out, bytes);
}

/* "2026-11-23T14:02:07.123Z" as Unix time. */
static int64_t seconds_of(const char *stamp, int64_t otherwise)
{
	struct tm tm = {0};
	const char *rest = strptime(stamp, "%Y-%m-%dT%H:%M:%S", &tm);

	return rest ? (int64_t)timegm(&tm) : otherwise;
}

static void take(struct run_entry *e, const struct reader *reader, bool in_use)
{
	const struct run_meta *meta = reader_meta(reader);
	const struct run_closing *closing = reader_closing(reader);

	e->state = closing->known ? RUN_CLOSED : in_use ? RUN_RUNNING : RUN_CUT_OFF;
	if (e->state != RUN_RUNNING)
		copy(closing->incomplete, e->why, sizeof e->why);
	e->started_s = seconds_of(meta->started_at, e->started_s);
	copy(meta->target, e->target, sizeof e->target);
	copy(meta->scenario, e->scenario, sizeof e->scenario);
	copy(meta->argv, e->argv, sizeof e->argv);
	join(meta->label, e->label, sizeof e->label);
	join(meta->slo, e->slo, sizeof e->slo);
	e->seed = meta->seed;
	e->tags = *reader_tags(reader);
	e->figures = closing->figures;
	e->exit_code = closing->known ? closing->exit_code : -1;
	if (closing->figures.known)
		e->duration_us = closing->figures.duration_us;
	else if (e->state != RUN_RUNNING)
		e->duration_us = reader_end_us(reader);
}

/* An err sentence that begins with the path, without it. */
static void without_path(const char *text, const char *path, char *out, size_t bytes)
{
	size_t n = strlen(path);

	if (!strncmp(text, path, n) && text[n] == ':' && text[n + 1] == ' ')
		text += n + 2;
	copy(text, out, bytes);
}

static void look(struct run_entry *e, int64_t changed_s)
{
	/* First: who has the file open takes its own locks away by this. */
	bool in_use = runfile_in_use(AT_FDCWD, e->path);
	struct reader *reader;
	struct err err;

	e->started_s = changed_s;
	e->duration_us = -1;
	e->exit_code = -1;
	if (reader_glance(e->path, &reader, &err) == 0) {
		take(e, reader, in_use);
		reader_close(reader);
	} else {
		e->state = RUN_UNREADABLE;
		without_path(err.text, e->path, e->why, sizeof e->why);
	}
}

static bool is_run(const char *name)
{
	size_t bytes = strlen(name), end = strlen(RUNFILE_SUFFIX);

	return bytes > end && !strcmp(name + bytes - end, RUNFILE_SUFFIX);
}

static int newest_first(const void *a, const void *b)
{
	const struct run_entry *x = a, *y = b;

	if (x->started_s != y->started_s)
		return x->started_s < y->started_s ? 1 : -1;
	return -runfile_order(x->path, y->path);
}

int runs_read(const char *folder, struct run_list *out, struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int room = 0;

	*out = (struct run_list){0};
	if (!dir)
		return errno == ENOENT ? 0 : err_set(err, "%s: %s", folder, strerror(errno));
	while ((entry = readdir(dir))) {
		struct stat st;

		if (!is_run(entry->d_name) || fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (out->count == room) {
			room = room ? 2 * room : 64;
			out->entry = xreallocarray(out->entry, (size_t)room, sizeof *out->entry);
		}
		out->entry[out->count] = (struct run_entry){.path = xasprintf("%s/%s", folder, entry->d_name)};
		look(&out->entry[out->count++], st.st_mtime);
	}
	closedir(dir);
	if (out->count)
		qsort(out->entry, (size_t)out->count, sizeof *out->entry, newest_first);
	return 0;
}

void runs_fini(struct run_list *list)
{
	for (int i = 0; i < list->count; i++)
		free(list->entry[i].path);
	free(list->entry);
	*list = (struct run_list){0};
}

static bool may_be_latest(const struct run_entry *e)
{
	return e->state == RUN_CLOSED || e->state == RUN_CUT_OFF;
}

static const char *file_of(const struct run_entry *e)
{
	return strrchr(e->path, '/') + 1;
}

/* By the beginning of its file's name; *found stays NULL where none begins so. */
static int pick_file(const struct run_list *list, const char *word, const struct run_entry **found, struct err *err)
{
	const struct run_entry *other = NULL;
	size_t bytes = strlen(word);
	int count = 0;

	for (int i = 0; i < list->count; i++) {
		const struct run_entry *e = &list->entry[i];
		const char *rest = file_of(e) + bytes;

		if (strncmp(file_of(e), word, bytes) != 0)
			continue;
		if (!*rest || !strcmp(rest, RUNFILE_SUFFIX)) {
			*found = e;
			return 0;
		}
		if (count++ == 0)
			*found = e;
		else
			other = e;
	}
	if (count > 1)
		return err_set(err, "%.80s: the files of %d runs begin so, %.100s and %.100s%s; expected more of the name", word,
			       count, file_of(other), file_of(*found), count > 2 ? " among them" : "");
	return 0;
}

static int pick(const struct run_list *list, const char *word, const char *folder, char **path, struct err *err)
{
	bool latest = !strcmp(word, TAGS_LATEST);
	const struct run_entry *found = NULL;
	struct near near = near_to(word, strlen(word));
	char said[NEAR_SAID];

	if (list->count)
		near_offer(&near, TAGS_LATEST);
	for (int i = 0; i < list->count; i++) {
		const struct run_entry *e = &list->entry[i];

		near_offer(&near, e->tags.name);

		if (latest ? !may_be_latest(e) : strcmp(e->tags.name, word) != 0)
			continue;
		if (found)
			return err_set(err, "%.80s: several runs have this name, %.120s and %.120s; expected the path of one",
				       word, found->path, e->path);
		found = e;
		if (latest)
			break;
	}
	if (!found && !latest && pick_file(list, word, &found, err))
		return -1;
	if (!found && latest)
		return err_set(err, TAGS_LATEST ": there is no run in %.300s", folder);
	if (!found)
		return err_set(err, "%.80s: neither a file nor the name of a run in %.200s%s%s", word, folder,
			       near.best ? "; " : "", near_or(&near, said, "%s", ""));
	*path = xstrdup(found->path);
	return 0;
}

int runs_find(const char *word, char **path, struct err *err)
{
	struct run_list list = {0};
	char *folder = NULL;
	struct stat st;
	int ret;

	/* What looks like a path is one: opening it says what is wrong with it. */
	if (strchr(word, '/') || !*word || stat(word, &st) == 0 || errno != ENOENT || !(folder = runs_folder())) {
		*path = xstrdup(word);
		return 0;
	}
	ret = runs_read(folder, &list, err);
	if (ret == 0)
		ret = pick(&list, word, folder, path, err);
	runs_fini(&list);
	free(folder);
	return ret;
}

bool runs_is_recording(const char *path)
{
	static const char magic[] = "SQLite format 3"; /* its NUL belongs to it */
	unsigned char head[72];
	struct stat st;
	bool yes = false;
	int fd;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || (fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		return false;
	if (pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && !memcmp(head, magic, sizeof magic)) {
		uint32_t application = 0;

		for (int i = 68; i < 72; i++)
			application = application << 8 | head[i];
		yes = application == SCHEMA_APPLICATION;
	}
	close(fd);
	return yes;
}

int runs_delete(const char *path, struct err *err)
{
	if (runfile_in_use(AT_FDCWD, path))
		return err_set(err, "%s: a run is being recorded into it; it can be deleted when that has ended", path);
	if (runfile_remove(AT_FDCWD, path) != 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	return 0;
}
