#include "options_special.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/secret.h"
#include "base/units.h"
#include "run/scraper.h"

int special_method(struct options *o, const char *value, struct err *err)
{
	if (scenario_method_check(value, err))
		return -1;
	o->method = value;
	return 0;
}

static void add_header(struct options *o, const char *line)
{
	o->header = xreallocarray(o->header, o->header_count + 1, sizeof *o->header);
	o->header[o->header_count++] = line;
}

int special_header(struct options *o, const char *value, struct err *err)
{
	if (http_header_check(value, NULL)) {
		/* The line may be a secret with a mistake in it: only its name is shown. */
		size_t name = strcspn(value, ":");

		if (!value[name])
			return err_set(err, "there is no colon; expected \"Name: value\"");
		if (name == 0)
			return err_set(err, "there is no name; expected \"Name: value\"");
		return err_set(err, "\"%.*s\" has a character that headers may not have; expected \"Name: value\"",
			       name > 40 ? 40 : (int)name, value);
	}
	add_header(o, value);
	return 0;
}

int special_content_type(struct options *o, const char *value, struct err *err)
{
	char *line = xasprintf("Content-Type: %s", value);

	if (!*value || http_header_check(line, NULL)) {
		free(line);
		return err_set(err, "\"%.40s\" is not a content type; expected one such as application/json",
			       value);
	}
	/* Goes into the headers at the end: -T may be repeated. */
	free(o->type_header);
	o->type_header = line;
	o->content_type = value;
	return 0;
}

int special_user(struct options *o, const char *value, struct err *err)
{
	const char *colon = strchr(value, ':');

	if (!colon || colon == value)
		return err_set(err, "there is no %s; expected USER:PASSWORD",
			       colon ? "user before the colon" : "colon");
	o->user_password = value;
	return 0;
}

int special_rate(struct options *o, const char *value, struct err *err)
{
	return shape_rate(value, &o->rate_from, &o->rate_to, err);
}

int special_stage(struct options *o, const char *value, struct err *err)
{
	struct load_stage stage;

	if (shape_stage(value, o->rate_to > 0, &stage, err))
		return -1;
	if (o->stage_count == SHAPE_STAGES_MAX)
		return err_set(err, "given more than %d times", SHAPE_STAGES_MAX);
	o->stage = xreallocarray(o->stage, (size_t)o->stage_count + 1, sizeof *o->stage);
	o->stage[o->stage_count++] = stage;
	return 0;
}

int special_seed(struct options *o, const char *value, struct err *err)
{
	char *end;

	errno = 0;
	o->seed = strtoull(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || errno)
		return err_set(err, "\"%.40s\" is not a seed; expected a whole number from 0 to 18446744073709551615",
			       value);
	o->seed_given = true;
	return 0;
}

int special_label(struct options *o, const char *value, struct err *err)
{
	const char *equals = strchr(value, '=');
	size_t n = 0;

	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(err, "contains a control character; expected KEY=VALUE");
	if (!equals || equals == value)
		return err_set(err, "\"%.40s\" has no %s; expected KEY=VALUE", value,
			       equals ? "key" : "\"=\"");
	for (char **l = o->label; l && *l; l++) {
		if (!strncmp(*l, value, (size_t)(equals - value) + 1))
			return err_set(err, "\"%.*s\" is given twice; expected different keys",
				       equals - value > 40 ? 40 : (int)(equals - value), value);
		n++;
	}
	o->label = xreallocarray(o->label, n + 2, sizeof *o->label);
	o->label[n] = (char *)value;
	o->label[n + 1] = NULL;
	return 0;
}

int special_max_errors(struct options *o, const char *value, struct err *err)
{
	size_t n = strlen(value);
	char *end;

	o->max_errors = -1;
	o->max_error_share = -1;
	if (n > 1 && value[n - 1] == '%') {
		double share = strtod(value, &end) / 100;

		if (end == value + n - 1 && isdigit((unsigned char)*value) &&
		    strspn(value, "0123456789.") == n - 1 && share <= 1) {
			o->max_error_share = share;
			return 0;
		}
	} else if (!units_parse_count(value, 0, SCENARIO_MAX_REQUESTS, &o->max_errors, NULL)) {
		return 0;
	}
	return err_set(err, "\"%.40s\" is no limit; expected a number such as 100, or a share from 0%% to 100%%",
		       value);
}

int special_metrics(struct options *o, const char *value, struct err *err)
{
	char *url, *shown;
	int code = 0;

	if (scraper_url(value, &url, NULL)) {
		shown = secret_url(value);
		code = err_set(err, "\"%.80s\" is no URL of metrics; expected http[s]://HOST[:PORT][/PATH]", shown);
		free(shown);
		return code;
	}
	free(o->metrics);
	o->metrics = url;
	return 0;
}

int special_proxy(struct options *o, const char *value, struct err *err)
{
	static const char *const schemes[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
	const char *colon = strstr(value, "://"), *host = value;
	bool known = !colon;
	char *as_http, *shown;
	int code = 0;

	for (size_t i = 0; colon && i < sizeof schemes / sizeof *schemes; i++)
		known = known || (strlen(schemes[i]) == (size_t)(colon - value) &&
				  !strncasecmp(value, schemes[i], strlen(schemes[i])));
	if (colon)
		host = colon + 3;
	as_http = xasprintf("http://%s", host);
	if (!known || !*host || http_url_check(as_http, NULL)) {
		shown = secret_url(value);
		code = err_set(err, "\"%.80s\" is no proxy; expected [http|https|socks4|socks4a|socks5|socks5h://]HOST[:PORT]",
			       shown);
		free(shown);
	}
	free(as_http);
	o->proxy = value;
	return code;
}

int special_unix_socket(struct options *o, const char *value, struct err *err)
{
	struct sockaddr_un address;

	if (!*value)
		return err_set(err, "is empty; expected a path");
	if (strlen(value) >= sizeof address.sun_path)
		return err_set(err, "the path is %zu bytes long; expected at most %zu", strlen(value),
			       sizeof address.sun_path - 1);
	o->unix_socket = value;
	return 0;
}

/* One HOST or [ADDRESS] or nothing, then a colon or the end. */
static const char *skip_host(const char *s)
{
	if (*s == '[') {
		size_t n = strspn(s + 1, "0123456789abcdefABCDEF:.%");

		return n && s[1 + n] == ']' ? s + n + 2 : NULL;
	}
	while (*s && *s != ':' && *s != '/' && *s != '[' && (unsigned char)*s > 0x20)
		s++;
	return s;
}

static const char *skip_port(const char *s)
{
	size_t n = strspn(s, "0123456789");

	if (n > 5 || (n && (atoi(s) < 1 || atoi(s) > 65535)))
		return NULL;
	return s + n;
}

int special_connect_to(struct options *o, const char *value, struct err *err)
{
	const char *s = value;
	size_t n = 0;

	for (int field = 0; s && field < 4; field++) {
		s = field % 2 ? skip_port(s) : skip_host(s);
		if (s && *s != (field < 3 ? ':' : '\0'))
			s = NULL;
		else if (s && field < 3)
			s++;
	}
	if (!s)
		return err_set(err, "\"%.80s\" is not understood; expected HOST:PORT:HOST:PORT, an IPv6 address in []",
			       value);
	while (o->connect_to && o->connect_to[n])
		n++;
	o->connect_to = xreallocarray(o->connect_to, n + 2, sizeof *o->connect_to);
	o->connect_to[n] = value;
	o->connect_to[n + 1] = NULL;
	return 0;
}

int special_common_stall(struct options *o, const char *value, struct err *err)
{
	const char *colon = strchr(value, ':');
	char *every = colon ? xstrndup(value, (size_t)(colon - value)) : NULL;
	int64_t *every_ns = &o->faults.common_every_ns, *length_ns = &o->faults.common_length_ns;
	bool good = every && !units_parse_duration(every, every_ns, NULL) &&
		    !units_parse_duration(colon + 1, length_ns, NULL) && *length_ns > 0 &&
		    *length_ns < *every_ns;

	free(every);
	if (good)
		return 0;
	return err_set(err, "\"%.60s\" is no pause; expected EVERY:LENGTH such as 10s:800ms, LENGTH the shorter",
		       value);
}

int special_api(struct options *o, const char *value, struct err *err)
{
	struct near near = near_to(value, strlen(value));
	char said[NEAR_SAID];

	near_offer_list(&near, api_names());
	if (!api_by_name(value))
		return err_set(err, "\"%.40s\" is unknown; %s", value,
			       near_or(&near, said, "expected one of %s", api_names()));
	o->api = value;
	return 0;
}

int special_slo(struct options *o, const char *value, struct err *err)
{
	struct slo slo;
	size_t n = 0;

	if (slo_parse(value, &slo, err))
		return -1;
	while (o->slo && o->slo[n])
		n++;
	if (n >= SLO_MAX)
		return err_set(err, "given more than %d times", SLO_MAX);
	o->slo = xreallocarray(o->slo, n + 2, sizeof *o->slo);
	o->slo[n] = (char *)value;
	o->slo[n + 1] = NULL;
	return 0;
}
