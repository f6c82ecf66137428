#include "metrics/record.h"

#include <string.h>

static const struct {
	const char *name, *help;
} classes[] = {
#define X(id, name, help) {name, help},
	ERROR_CLASSES(X)
#undef X
};

const char *error_class_name(enum error_class c)
{
	return c < ERROR_CLASS_COUNT ? classes[c].name : "unknown";
}

const char *error_class_help(enum error_class c)
{
	return c < ERROR_CLASS_COUNT ? classes[c].help : "";
}

int error_class_by_name(const char *name)
{
	for (int i = 0; i < ERROR_CLASS_COUNT; i++)
		if (!strcmp(classes[i].name, name))
			return i;
	return -1;
}

const char *trial_axis_name(enum trial_axis axis)
{
	static const char *const names[] = {
#define X(id, name) name,
		TRIAL_AXES_ALL(X)
#undef X
	};

	return axis < TRIAL_AXES ? names[axis] : "unknown";
}

const char *server_kind_name(enum server_kind kind)
{
	static const char *const names[] = {
#define X(id, name) name,
		SERVER_KINDS(X)
#undef X
	};

	return kind < SERVER_KIND_COUNT ? names[kind] : "unknown";
}
