#include "errors_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "message_key.h"

#define HASH_START 2166136261U
#define BUCKETS 1024 /* a power of two, well above ERRORS_KINDS */

struct errors_table {
	int kinds;
	int own; /* of these, how many are not folded */
	struct error_kind kind[ERRORS_ROOM]; /* in order of appearance */
	int16_t bucket[BUCKETS];             /* kind + 1; 0: free */
	int16_t other[ERROR_CLASS_COUNT];    /* kind + 1; 0: none yet */
};

struct errors_table *errors_table_new(void)
{
	return xcalloc(1, sizeof(struct errors_table));
}

void errors_table_free(struct errors_table *table)
{
	free(table);
}

void errors_table_reset(struct errors_table *t)
{
	t->kinds = 0;
	t->own = 0;
	memset(t->bucket, 0, sizeof t->bucket);
	memset(t->other, 0, sizeof t->other);
}

/* FNV-1a. */
static uint32_t hash(uint32_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619U;
	return h;
}

static struct error_kind *append(struct errors_table *t, enum error_class error,
				 int32_t code, int task)
{
	struct error_kind *k = &t->kind[t->kinds++];

	k->error = error;
	k->code = code;
	k->task = task;
	k->tasks = 0;
	k->alike = 0;
	k->excerpt[0] = 0;
	k->all = (struct error_span){0};
	k->measured = (struct error_span){0};
	return k;
}

static struct error_kind *other(struct errors_table *t, enum error_class error, int task)
{
	if (!t->other[error]) {
		struct error_kind *k = append(t, error, 0, task);

		k->key_bytes = 0;
		strcpy(k->message, ERRORS_OTHER);
		t->other[error] = (int16_t)t->kinds;
	}
	return &t->kind[t->other[error] - 1];
}

static uint32_t bucket_of(enum error_class error, int32_t code, const char *key, size_t key_bytes)
{
	uint32_t at = hash(HASH_START, &error, sizeof error);

	return hash(hash(at, &code, sizeof code), key, key_bytes);
}

static struct error_kind *find(struct errors_table *t, enum error_class error,
			       int32_t code, int task, const char *text, uint16_t bytes)
{
	char key[REC_TEXT_MAX];
	size_t key_bytes = bytes;

	if (error == ERROR_CHECK)
		memcpy(key, text, bytes);
	else
		key_bytes = message_key(text, bytes, key);
	for (uint32_t at = bucket_of(error, code, key, key_bytes);; at++) {
		int16_t *b = &t->bucket[at % BUCKETS];

		if (!*b) {
			if (t->own == ERRORS_KINDS)
				return other(t, error, task);
			struct error_kind *k = append(t, error, code, task);

			t->own++;
			*b = (int16_t)t->kinds;
			k->key_bytes = (uint16_t)key_bytes;
			memcpy(k->key, key, key_bytes);
			if (bytes)
				utf8_clean(text, bytes, k->message, sizeof k->message);
			else
				strcpy(k->message, error_class_help(error));
			return k;
		}
		struct error_kind *k = &t->kind[*b - 1];

		if (k->error == error && k->code == code && k->key_bytes == key_bytes &&
		    !memcmp(k->key, key, key_bytes))
			return k;
	}
}

static void alike_count(struct error_kind *k, const char *text, size_t bytes)
{
	uint32_t h = hash(HASH_START, text, bytes);

	for (uint32_t i = 0; i < k->alike; i++)
		if (k->hash[i] == h)
			return;
	if (k->alike < ERRORS_ALIKE)
		k->hash[k->alike++] = h;
}

static void span_count(struct error_span *s, int64_t t_us)
{
	if (!s->count++)
		s->first_us = t_us;
	s->last_us = t_us;
}

void errors_table_count(struct errors_table *t, const struct rec_sample *s,
			int64_t t_us, bool measured)
{
	enum error_class error = s->error < ERROR_CLASS_COUNT ? s->error : ERROR_NONE;
	uint16_t bytes = (uint16_t)(s->text_bytes < REC_TEXT_MAX ? s->text_bytes : REC_TEXT_MAX);
	struct error_kind *k = find(t, error, s->code, s->task, s->text, bytes);

	if (k->task != s->task)
		k->task = -1;
	if (s->task < 64)
		k->tasks |= UINT64_C(1) << s->task;
	if (!k->excerpt[0] && s->excerpt_bytes)
		utf8_clean(rec_excerpt(s), s->excerpt_bytes, k->excerpt, sizeof k->excerpt);
	alike_count(k, s->text, bytes);
	span_count(&k->all, t_us);
	if (measured)
		span_count(&k->measured, t_us);
}

int errors_table_kinds(const struct errors_table *t)
{
	return t->kinds;
}

static int more_first(uint64_t a, uint64_t b, const struct error_kind *x,
		      const struct error_kind *y)
{
	if (a != b)
		return a > b ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int by_all(const void *a, const void *b)
{
	const struct error_kind *x = *(const struct error_kind *const *)a;
	const struct error_kind *y = *(const struct error_kind *const *)b;

	return more_first(x->all.count, y->all.count, x, y);
}

static int by_measured(const void *a, const void *b)
{
	const struct error_kind *x = *(const struct error_kind *const *)a;
	const struct error_kind *y = *(const struct error_kind *const *)b;

	return more_first(x->measured.count, y->measured.count, x, y);
}

int errors_table_sorted(const struct errors_table *t, bool measured,
			const struct error_kind *out[ERRORS_ROOM])
{
	int n = 0;

	for (int i = 0; i < t->kinds; i++)
		if (!measured || t->kind[i].measured.count)
			out[n++] = &t->kind[i];
	qsort(out, (size_t)n, sizeof *out, measured ? by_measured : by_all);
	return n;
}

static void span_archive(struct error_span *s, struct archive *a)
{
	archive_count(a, &s->count);
	archive_time(a, &s->first_us);
	archive_time(a, &s->last_us);
}

static void kind_archive(struct error_kind *k, struct archive *a)
{
	uint8_t error = (uint8_t)k->error;

	archive_u8(a, &error, ERROR_CLASS_COUNT - 1);
	k->error = (enum error_class)error;
	archive_int(a, &k->code, INT32_MIN, INT32_MAX);
	archive_int(a, &k->task, -1, UINT16_MAX);
	archive_u64(a, &k->tasks, UINT64_MAX);
	span_archive(&k->all, a);
	span_archive(&k->measured, a);
	archive_u16(a, &k->key_bytes);
	if (k->key_bytes > REC_TEXT_MAX) {
		a->bad = true;
		k->key_bytes = 0;
	}
	archive_bytes(a, k->key, k->key_bytes);
	archive_u32(a, &k->alike);
	if (k->alike > ERRORS_ALIKE) {
		a->bad = true;
		k->alike = 0;
	}
	for (uint32_t i = 0; i < k->alike; i++)
		archive_u32(a, &k->hash[i]);
	archive_text(a, k->message, sizeof k->message);
	archive_text(a, k->excerpt, sizeof k->excerpt);
}

/* Where find() or other() will look for it. */
static void file_again(struct errors_table *t, int kind, bool folded)
{
	const struct error_kind *k = &t->kind[kind];
	int16_t *place = &t->other[k->error];

	if (!folded) {
		uint32_t at = bucket_of(k->error, k->code, k->key, k->key_bytes);

		while (t->bucket[at % BUCKETS])
			at++;
		place = &t->bucket[at % BUCKETS];
		t->own++;
	}
	*place = (int16_t)(kind + 1);
}

void errors_table_archive(struct errors_table *t, struct archive *a)
{
	int kinds = t->kinds;

	if (archive_restoring(a))
		errors_table_reset(t);
	archive_int(a, &kinds, 0, ERRORS_ROOM);
	for (int i = 0; i < kinds; i++) {
		bool folded = !archive_restoring(a) && t->other[t->kind[i].error] == i + 1;

		archive_bool(a, &folded);
		kind_archive(&t->kind[i], a);
		if (archive_restoring(a))
			file_again(t, i, folded);
	}
	t->kinds = kinds;
	/* find() relies on a free bucket. */
	a->bad |= t->own > ERRORS_KINDS;
}
