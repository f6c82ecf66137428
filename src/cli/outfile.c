#include "cli/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/runs.h"
#include "report/text.h"
#include "run/result.h"

#define EXIT_FAILED 1

static bool is_stdout(const struct outfile *file)
{
	return !strcmp(file->path, "-");
}

int outfile_open(struct outfile *file, const char *path, struct err *err)
{
	*file = (struct outfile){.path = path, .fd = -1};
	if (!path)
		return 0;
	if (is_stdout(file)) {
		file->fd = STDOUT_FILENO;
		return 0;
	}
	if (runs_is_recording(path))
		return err_set(err, "%s: is a recording, which is never written over; expected another file", path);
	file->created = access(path, F_OK) != 0;
	file->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (file->fd < 0)
		return err_set(err, "cannot write %s: %s", path, strerror(errno));
	return 0;
}

static int write_all(int fd, const char *text, size_t bytes)
{
	while (bytes > 0) {
		ssize_t n = write(fd, text, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int take_away(const struct outfile *file)
{
	struct stat st;

	/* A device or pipe has no old content to take away. */
	if (fstat(file->fd, &st) == 0 && S_ISREG(st.st_mode) && !is_stdout(file))
		return ftruncate(file->fd, 0);
	return 0;
}

int outfile_write(struct outfile *file, const char *text, size_t bytes, struct err *err)
{
	int code;

	if (file->fd < 0)
		return 0;
	code = take_away(file);
	if (!code)
		code = write_all(file->fd, text, bytes);
	if (code)
		err_set(err, "cannot write %s: %s", file->path, strerror(errno));
	if (!is_stdout(file) && close(file->fd) && !code)
		code = err_set(err, "cannot write %s: %s", file->path, strerror(errno));
	file->fd = -1;
	return code;
}

FILE *outfile_stream(struct outfile *file, struct err *err)
{
	if (is_stdout(file)) {
		file->stream = stdout;
	} else if (take_away(file) || !(file->stream = fdopen(file->fd, "w"))) {
		err_set(err, "cannot write %s: %s", file->path, strerror(errno));
		return NULL;
	}
	file->fd = -1; /* the stream's now */
	return file->stream;
}

int outfile_finish(struct outfile *file, struct err *err)
{
	FILE *stream = file->stream;
	bool lost = ferror(stream);

	file->stream = NULL;
	/* What is wrong with standard output is said at the end of the program. */
	if (stream == stdout)
		return 0;
	/* Where a piece was lost already, why is still in errno. */
	if (!lost)
		errno = 0;
	lost |= fflush(stream) != 0;
	if (lost)
		err_set(err, "cannot write %s%s%s; what is there is not all", file->path, errno ? ": " : "",
			errno ? strerror(errno) : "");
	if (fclose(stream) && !lost)
		return err_set(err, "cannot write %s: %s; what is there is not all", file->path, strerror(errno));
	return lost ? -1 : 0;
}

bool outfile_is(const struct outfile *file, const char *path)
{
	struct stat here, there;

	return fstat(file->fd, &here) == 0 && stat(path, &there) == 0 && here.st_dev == there.st_dev &&
	       here.st_ino == there.st_ino;
}

bool outfile_same(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

void outfile_abandon(struct outfile *file)
{
	if (file->fd < 0 || is_stdout(file))
		return;
	close(file->fd);
	file->fd = -1;
	if (file->created)
		unlink(file->path);
}

int outfile_columns(int fd)
{
	struct winsize size;

	if (!isatty(fd))
		return RESULT_TEXT_WHOLE;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

int outfile_failed(int exit_code)
{
	/* 3 to 5 are verdicts on figures that did not arrive. */
	return exit_code == 0 || (exit_code >= 3 && exit_code <= 5) ? EXIT_FAILED : exit_code;
}

int outfile_end_stdout(int exit_code)
{
	bool lost = ferror(stdout);

	errno = 0;
	if (fflush(stdout) == 0 && !lost)
		return exit_code;
	fprintf(stderr, "brunt: cannot write to standard output%s%s\n", errno ? ": " : "",
		errno ? strerror(errno) : "");
	return outfile_failed(exit_code);
}
