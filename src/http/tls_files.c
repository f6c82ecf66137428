#include "http/tls_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static FILE *open_pem(const char *path, struct err *err)
{
	FILE *file = fopen(path, "re");

	if (!file)
		err_set(err, "%.200s: %s", path, strerror(errno));
	return file;
}

/* Instead of a question on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *asked)
{
	(void)buffer;
	(void)size;
	(void)writing;
	*(int *)asked = 1;
	return -1;
}

static X509 *read_certificate(const char *path, struct err *err)
{
	FILE *file = open_pem(path, err);
	X509 *certificate;

	if (!file)
		return NULL;
	certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	ERR_clear_error();
	if (!certificate)
		err_set(err, "%.200s: no certificate in it; expected PEM, a block that begins with "
			"-----BEGIN CERTIFICATE-----", path);
	return certificate;
}

static EVP_PKEY *read_key(const char *path, struct err *err)
{
	FILE *file = open_pem(path, err);
	EVP_PKEY *key;
	int asked = 0;

	if (!file)
		return NULL;
	key = PEM_read_PrivateKey(file, NULL, no_passphrase, &asked);
	fclose(file);
	ERR_clear_error();
	if (!key && asked)
		err_set(err, "%.200s: the private key has a passphrase; expected one without", path);
	else if (!key)
		err_set(err, "%.200s: no private key in it; expected PEM, a block that begins with "
			"-----BEGIN PRIVATE KEY-----", path);
	return key;
}

int tls_files_check_ca(const char *path, struct err *err)
{
	X509 *certificate = read_certificate(path, err);

	X509_free(certificate);
	return certificate ? 0 : -1;
}

int tls_files_check_pair(const char *cert, const char *key, struct err *err)
{
	X509 *certificate = read_certificate(cert, err);
	EVP_PKEY *private = NULL;
	int rc = -1;

	if (!certificate)
		return err_prefix(err, "--cert");
	private = read_key(key ? key : cert, err);
	if (!private) {
		err_prefix(err, key ? "--key" : "--cert, without --key");
	} else if (X509_check_private_key(certificate, private) != 1) {
		ERR_clear_error();
		err_set(err, "%s: %.200s: not the key of the certificate in %.200s", key ? "--key" : "--cert",
			key ? key : cert, cert);
	} else {
		rc = 0;
	}
	EVP_PKEY_free(private);
	X509_free(certificate);
	return rc;
}
