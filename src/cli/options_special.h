/* Values that take more than a number or a word to check. Each reads `value`
 * into options; err gets what comes after "--name: ". */
#ifndef CLI_OPTIONS_SPECIAL_H
#define CLI_OPTIONS_SPECIAL_H

#include "cli/options.h"

int special_method(struct options *options, const char *value, struct err *err);
int special_header(struct options *options, const char *value, struct err *err);
int special_content_type(struct options *options, const char *value, struct err *err);
int special_user(struct options *options, const char *value, struct err *err);
int special_rate(struct options *options, const char *value, struct err *err);
int special_stage(struct options *options, const char *value, struct err *err);
int special_sweep(struct options *o, const char *value, struct err *err);
int special_seed(struct options *options, const char *value, struct err *err);
int special_label(struct options *options, const char *value, struct err *err);
int special_max_errors(struct options *options, const char *value, struct err *err);
int special_metrics(struct options *options, const char *value, struct err *err);
int special_proxy(struct options *options, const char *value, struct err *err);
int special_unix_socket(struct options *options, const char *value, struct err *err);
int special_connect_to(struct options *options, const char *value, struct err *err);
int special_common_stall(struct options *options, const char *value, struct err *err);

int special_api(struct options *options, const char *value, struct err *err);
int special_slo(struct options *options, const char *value, struct err *err);

#endif
