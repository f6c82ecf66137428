/* The PEM files of a TLS connection, read once before the run so that a wrong one
 * is said at once and not by every handshake. Main thread. */
#ifndef HTTP_TLS_FILES_H
#define HTTP_TLS_FILES_H

#include "base/err.h"

/* The file has at least one certificate. err does not name the flag. */
int tls_files_check_ca(const char *path, struct err *err);
/* `cert` begins with a certificate whose private key is in `key` (NULL: in `cert`
 * too) and has no passphrase. err begins with --cert or --key. */
int tls_files_check_pair(const char *cert, const char *key, struct err *err);

#endif
