/* HTTP methods: those of the standards, what is meant by one that is nearly one of
 * these, and others, which a server may well have. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "scenario/scenario.h"

#define METHOD_MAX 32

static const char *const standard[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "QUERY"};
#define STANDARD (sizeof standard / sizeof *standard)

bool scenario_method_usual(const char *method)
{
	for (size_t i = 0; i < STANDARD; i++)
		if (!strcmp(method, standard[i]))
			return true;
	return false;
}

/* One slip of the fingers away, which is less than near.h takes for near: PUSH is not POST. */
static const char *meant(const char *method)
{
	for (size_t i = 0; i < STANDARD; i++) {
		int changes = near_distance(method, strlen(method), standard[i], strlen(standard[i]));

		if ((changes == 0 || changes == 1) && (*method | 0x20) == (*standard[i] | 0x20))
			return standard[i];
	}
	return NULL;
}

int scenario_method_check(const char *method, struct err *err)
{
	size_t letters = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
	const char *near;

	if (scenario_method_usual(method))
		return 0;
	near = meant(method);
	if (near)
		return err_set(err, "\"%s\" is not an HTTP method; did you mean \"%s\"?", method, near);
	if (!letters || letters > METHOD_MAX || method[letters])
		return err_set(err, "\"%.40s\" is not an HTTP method; expected one such as GET, POST or PUT", method);
	if (!strcmp(method, "CONNECT"))
		return err_set(err, "\"CONNECT\" opens tunnels; expected one such as GET, POST or PUT");
	return 0;
}
