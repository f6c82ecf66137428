#include "ui/role.h"

#include <assert.h>

#include "ui/canvas.h"

static const struct role_info table[ROLE_COUNT] = {
#define X(id, letter, key, color16, mono, help) \
	[ROLE_##id] = {letter, key, color16, mono, help},
	ROLES(X)
#undef X
};

const struct role_info *role_info(enum role role)
{
	assert((unsigned)role < ROLE_COUNT);
	return &table[role];
}

int role_is_gradient(enum role role)
{
	return role == ROLE_RATE || role == ROLE_BAR || role == ROLE_HEAT;
}
