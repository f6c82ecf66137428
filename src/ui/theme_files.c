#include "ui/theme_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/near.h"
#include "ui/theme.h"

#define FILE_MAX_BYTES (256 * 1024)
#define SUFFIX ".theme"

static const struct {
	const char *name, *text;
} builtin[] = {
	{"default",
#include "default.inc"
	},
	{"light",
#include "light.inc"
	},
	{"mono",
#include "mono.inc"
	},
	{"high-contrast",
#include "high-contrast.inc"
	},
	{"okabe-ito",
#include "okabe-ito.inc"
	},
};
#define BUILTINS (sizeof builtin / sizeof *builtin)

const char *theme_builtin(const char *name)
{
	for (size_t i = 0; i < BUILTINS; i++)
		if (strcmp(builtin[i].name, name) == 0)
			return builtin[i].text;
	return NULL;
}

enum { FOLDERS = 4 };

/* The folders in the order of search; "" where there is none. free() each. */
static void folders(char *out[FOLDERS])
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *config;

	if (xdg && xdg[0] == '/')
		config = xstrdup(xdg);
	else if (home && home[0] == '/')
		config = xasprintf("%s/.config", home);
	else
		config = NULL;
	out[0] = config ? xasprintf("%s/brunt/themes", config) : xstrdup("");
	out[1] = config ? xasprintf("%s/btop/themes", config) : xstrdup("");
	out[2] = xstrdup(BRUNT_THEMES);
	out[3] = xstrdup("./themes");
	free(config);
}

static void free_folders(char *folder[FOLDERS])
{
	for (int i = 0; i < FOLDERS; i++)
		free(folder[i]);
}

/* 1: there is no such file; -1: err. O_NONBLOCK so that a FIFO does not hang. */
static int load_file(const char *path, struct theme *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	size_t used = 0;
	struct stat st;
	int rc = -1;

	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 1;
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(err, "%s: not a file", path);
		goto out;
	}
	text = xmalloc(FILE_MAX_BYTES + 1);
	for (;;) {
		ssize_t n = read(fd, text + used, FILE_MAX_BYTES + 1 - used);

		if (n < 0) {
			err_set(err, "%s: %s", path, strerror(errno));
			goto out;
		}
		if (n == 0)
			break;
		used += (size_t)n;
		if (used > FILE_MAX_BYTES) {
			err_set(err, "%s: larger than 256 KiB, so no theme", path);
			goto out;
		}
	}
	rc = theme_parse(text, used, path, out, err);
out:
	free(text);
	close(fd);
	return rc;
}

static int refuse(const char *name, struct err *err)
{
	struct near near = near_to(name, strlen(name));
	struct buf all = {0};
	char said[NEAR_SAID];
	size_t count;
	char **names = theme_names(&count);

	for (size_t i = 0; i < count; i++) {
		near_offer(&near, names[i]);
		buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
	}
	buf_terminate(&all);
	err_set(err, "there is no theme \"%s\"; %s", name, near_or(&near, said, "there are: %s", all.at));
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
	buf_fini(&all);
	return -1;
}

int theme_load(const char *name, struct theme *out, struct err *err)
{
	char *folder[FOLDERS];
	const char *text;
	int rc = 1;

	if (strchr(name, '/')) {
		rc = load_file(name, out, err);
		return rc == 1 ? err_set(err, "%s: no such file", name) : rc;
	}
	folders(folder);
	for (int i = 0; i < FOLDERS && rc == 1 && name[0]; i++) {
		char *path;

		if (!folder[i][0])
			continue;
		path = xasprintf("%s/%s%s", folder[i], name, SUFFIX);
		rc = load_file(path, out, err);
		free(path);
	}
	free_folders(folder);
	if (rc != 1)
		return rc;
	text = theme_builtin(name);
	if (text)
		return theme_parse(text, strlen(text), name, out, err);
	return refuse(name, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **theme_names(size_t *count)
{
	char *folder[FOLDERS], **names = NULL;
	size_t used = 0, kept = 0;

	for (size_t i = 0; i < BUILTINS; i++) {
		names = xreallocarray(names, used + 1, sizeof *names);
		names[used++] = xstrdup(builtin[i].name);
	}
	folders(folder);
	for (int i = 0; i < FOLDERS; i++) {
		DIR *dir = folder[i][0] ? opendir(folder[i]) : NULL;
		struct dirent *entry;

		while (dir && (entry = readdir(dir))) {
			size_t bytes = strlen(entry->d_name), tail = strlen(SUFFIX);

			if (bytes <= tail || strcmp(entry->d_name + bytes - tail, SUFFIX) != 0)
				continue;
			names = xreallocarray(names, used + 1, sizeof *names);
			names[used++] = xstrndup(entry->d_name, bytes - tail);
		}
		if (dir)
			closedir(dir);
	}
	free_folders(folder);
	qsort(names, used, sizeof *names, by_name);
	for (size_t i = 0; i < used; i++) {
		if (kept && strcmp(names[kept - 1], names[i]) == 0)
			free(names[i]);
		else
			names[kept++] = names[i];
	}
	*count = kept;
	return names;
}
