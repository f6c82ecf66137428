#include "cli/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

int outfile_write(struct outfile *file, const char *text, size_t bytes, struct err *err)
{
	struct stat st;
	int code = 0;

	if (file->fd < 0)
		return 0;
	/* A device or pipe has no old content to take away. */
	if (fstat(file->fd, &st) == 0 && S_ISREG(st.st_mode) && !is_stdout(file))
		code = ftruncate(file->fd, 0);
	if (!code)
		code = write_all(file->fd, text, bytes);
	if (code)
		err_set(err, "cannot write %s: %s", file->path, strerror(errno));
	if (!is_stdout(file) && close(file->fd) && !code)
		code = err_set(err, "cannot write %s: %s", file->path, strerror(errno));
	file->fd = -1;
	return code;
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
