/* The folder where recordings go unless told otherwise, and its upkeep. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "record/runs.h"
#include "record/writer.h"
#include "runfile.h"
#include "schema.h"

#define KEEP 50 /* with the one that is about to be made */
#define SLUG_MAX 40
#define STAMP_BYTES 15 /* 20261123-140207 */
#define SUFFIX RUNFILE_SUFFIX
#define GLANCE_MS 50

/* mkdir -p, each new folder for its owner only. */
static int make_folders(char *path, struct err *err)
{
	for (char *p = path + 1;; p++) {
		char end = *p;

		if (end != '/' && end != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return err_set(err, "%s: %s", path, strerror(errno));
		*p = end;
		if (end == '\0')
			return 0;
	}
}

char *runs_folder(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* A relative one is to be ignored, says the XDG specification. */
	if (state && state[0] == '/')
		return xasprintf("%s/brunt/runs", state);
	return home && home[0] == '/' ? xasprintf("%s/.local/state/brunt/runs", home) : NULL;
}

static char *made_folder(struct err *err)
{
	char *folder = runs_folder();

	if (!folder) {
		err_set(err, "no place for the recording: neither HOME nor "
			"XDG_STATE_HOME is set (--record FILE names one)");
		return NULL;
	}
	if (make_folders(folder, err) != 0) {
		free(folder);
		return NULL;
	}
	return folder;
}

/* "2026-11-23T14:02:07.123Z" as "20261123-140207". */
static void stamp(const char *iso, char out[STAMP_BYTES + 1])
{
	int n = 0;

	for (; iso && *iso && n < STAMP_BYTES; iso++) {
		if (n == 8)
			out[n++] = '-';
		if (isdigit((unsigned char)*iso))
			out[n++] = *iso;
	}
	while (n < STAMP_BYTES) {
		out[n] = n == 8 ? '-' : '0';
		n++;
	}
	out[n] = '\0';
}

static void slug(const char *name, char out[SLUG_MAX + 1])
{
	int n = 0;

	for (; name && *name && n < SLUG_MAX; name++) {
		unsigned char c = (unsigned char)*name;

		if (c < 0x80 && isalnum(c))
			out[n++] = (char)tolower(c);
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	out[n] = '\0';
	if (n == 0)
		strcpy(out, "run");
}

/* stamp-slug-hex.brunt, the slug being at least one character; or stamp-slug-hex-N.brunt. */
static bool is_run_name(const char *name)
{
	size_t all = strlen(name), end = sizeof SUFFIX - 1, bytes, hex = 8;
	int number;

	if (all < end || strcmp(name + all - end, SUFFIX) != 0)
		return false;
	bytes = runfile_stem(name, &number);
	if (bytes < STAMP_BYTES + 3 + hex || bytes > STAMP_BYTES + 2 + SLUG_MAX + hex)
		return false;
	for (size_t i = 0; i < STAMP_BYTES; i++)
		if (i == 8 ? name[i] != '-' : !isdigit((unsigned char)name[i]))
			return false;
	for (size_t i = STAMP_BYTES; i < bytes - hex; i++)
		if (name[i] != '-' && !islower((unsigned char)name[i]) &&
		    !isdigit((unsigned char)name[i]))
			return false;
	for (size_t i = bytes - hex; i < bytes; i++)
		if (!strchr("0123456789abcdef", name[i]))
			return false;
	return name[STAMP_BYTES] == '-' && name[bytes - hex - 1] == '-';
}

static bool is_pinned(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct runfile file = {0};
	bool yes = runfile_open(path, GLANCE_MS, &file, NULL) == 0 && schema_pinned(file.db);

	sqlite3_close(file.db);
	free(path);
	return yes;
}

static int by_name(const void *a, const void *b)
{
	return runfile_order(*(char *const *)a, *(char *const *)b);
}

/* Names begin with the time, so the oldest come first. Pinned ones stay and count for
 * nothing; with few runs none needs to be opened. */
static void remove_old(const char *path, int folder, char **name, size_t count)
{
	size_t kept = 0;

	if (count < KEEP)
		return;
	qsort(name, count, sizeof *name, by_name);
	for (size_t i = count; i-- > 0;) {
		/* First: looking into it is what would make it ours. */
		if (runfile_in_use(folder, name[i]))
			kept++;
		else if (is_pinned(path, name[i]))
			continue;
		else if (kept < KEEP - 1)
			kept++;
		else if (runfile_remove(folder, name[i]) != 0)
			log_line("record: %s/%s: %s", path, name[i], strerror(errno));
	}
}

static int prune(const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char **name = NULL;
	size_t count = 0, room = 0;

	if (!dir)
		return err_set(err, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir))) {
		struct stat st;

		if (!is_run_name(entry->d_name) ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (count == room) {
			room = room ? 2 * room : 64;
			name = xreallocarray(name, room, sizeof *name);
		}
		name[count++] = xstrdup(entry->d_name);
	}
	remove_old(path, dirfd(dir), name, count);
	for (size_t i = 0; i < count; i++)
		free(name[i]);
	free(name);
	closedir(dir);
	return 0;
}

char *writer_default_path(const struct run_meta *meta, struct err *err)
{
	char when[STAMP_BYTES + 1], what[SLUG_MAX + 1];
	char *folder = made_folder(err), *path = NULL;

	if (!folder)
		return NULL;
	stamp(meta->started_at, when);
	slug(meta->scenario, what);
	if (access(folder, W_OK | X_OK) != 0)
		err_set(err, "%s: %s", folder, strerror(errno));
	else if (prune(folder, err) == 0)
		path = xasprintf("%s/%s-%s-%08x" SUFFIX, folder, when, what, meta->run_id);
	free(folder);
	return path;
}
