#include "metrics/error_code.h"

#include <stdio.h>
#include <string.h>

bool error_code_is_status(enum error_class error)
{
	return error == ERROR_HTTP_4XX || error == ERROR_HTTP_5XX;
}

const char *error_code_text(enum error_class error, int32_t code, char out[ERROR_CODE_TEXT])
{
	const char *name = !code || error_code_is_status(error) ? NULL : strerrorname_np(code);

	*out = '\0';
	if (name)
		snprintf(out, ERROR_CODE_TEXT, "%s", name);
	else if (code)
		snprintf(out, ERROR_CODE_TEXT, "%d", code);
	return out;
}
