#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A thousand users connect within a millisecond. What does not fit into the
 * backlog is dropped by the kernel and tried again a second later. */
#define BACKLOG 4096

static int bind_err(struct err *err, int code, const char *address, int port)
{
	if (code == EADDRINUSE)
		return err_set(err, "--port %d: already in use on %s; choose another, or 0 for any free one",
			       port, address);
	if (code == EACCES)
		return err_set(err, "--port %d: not permitted; ports below 1024 belong to root",
			       port);
	if (code == EADDRNOTAVAIL)
		return err_set(err, "--bind %s: not an address of this machine", address);
	return err_set(err, "--bind %s --port %d: %s", address, port, strerror(code));
}

static int port_of(int fd, int *out)
{
	struct sockaddr_storage address;
	socklen_t bytes = sizeof address;

	if (getsockname(fd, (struct sockaddr *)&address, &bytes) < 0)
		return -1;
	*out = ntohs(address.ss_family == AF_INET6
			     ? ((struct sockaddr_in6 *)&address)->sin6_port
			     : ((struct sockaddr_in *)&address)->sin_port);
	return 0;
}

int serve_listen(const char *address, int *port, struct err *err)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
				 .ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	struct addrinfo *found;
	char service[16];
	int fd, one = 1;

	snprintf(service, sizeof service, "%d", *port);
	if (getaddrinfo(address, service, &hints, &found) != 0)
		return err_set(err, "--bind %s: expected a numeric address such as 127.0.0.1, 0.0.0.0 or ::1",
			       address);
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* Accepted sockets inherit TCP_NODELAY from this one. */
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) < 0 ||
	    listen(fd, BACKLOG) < 0 || port_of(fd, port) < 0) {
		bind_err(err, errno, address, *port);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}
