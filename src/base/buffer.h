/*
 * Bytes on their way out: append numbers and text fast, one write().
 *
 * A buffer either drains into a descriptor when it is full (memory stays
 * BUFFER_BYTES at any output size) or, with descriptor -1, grows in memory.
 * Errors (a closed pipe, a full disk, no memory) are latched in ->error: later
 * appends do nothing, and the caller asks once, at the end or per batch.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

/* As much as a pipe holds: every write() wakes its reader, which costs more than the copy. */
#define BUFFER_BYTES ((size_t)64 * 1024)

struct buffer {
	char *data;
	size_t used;
	size_t size;
	int fd;	   /* -1: keep everything in memory */
	int error; /* errno of the first failure, 0 while all is well */
};

/* @fd stays the caller's.  Nothing is allocated before the first append. */
void buffer_init(struct buffer *b, int fd);

/* Free the memory without flushing. */
void buffer_fini(struct buffer *b);

/* Write what is pending to the descriptor.  0, or -1 with @err set. */
int buffer_flush(struct buffer *b, struct error *err);

/*
 * Room for at least @len bytes (at most BUFFER_BYTES for a draining buffer),
 * to be filled and then claimed with buffer_commit().  NULL after an error.
 */
char *buffer_reserve_slow(struct buffer *b, size_t len);

static inline char *buffer_reserve(struct buffer *b, size_t len)
{
	if (b->size - b->used >= len && !b->error)
		return b->data + b->used;
	return buffer_reserve_slow(b, len);
}

static inline void buffer_commit(struct buffer *b, size_t len)
{
	b->used += len;
}

/*
 * For many small pieces: the next one goes to @p, in room that was reserved before.  Returns
 * @p, or another place, where @len bytes (as for buffer_reserve()) are free; NULL after an
 * error.
 */
static inline char *buffer_more(struct buffer *b, char *p, size_t len)
{
	if ((size_t)(b->data + b->size - p) >= len)
		return p;
	b->used = (size_t)(p - b->data);
	return buffer_reserve_slow(b, len);
}

/* All that was reserved is claimed up to @p; NULL, after an error, is fine. */
static inline void buffer_commit_to(struct buffer *b, const char *p)
{
	if (p)
		b->used = (size_t)(p - b->data);
}

/* Append @len bytes, of any length. */
void buffer_put(struct buffer *b, const char *data, size_t len);

/* Append a NUL-terminated text. */
static inline void buffer_puts(struct buffer *b, const char *text)
{
	buffer_put(b, text, strlen(text));
}

static inline void buffer_putc(struct buffer *b, char c)
{
	char *p = buffer_reserve(b, 1);

	if (p) {
		*p = c;
		buffer_commit(b, 1);
	}
}

/* Append @count times the character @c. */
void buffer_fill(struct buffer *b, char c, size_t count);

/* Append a decimal number. */
void buffer_put_u64(struct buffer *b, uint64_t n);

/* Append formatted text (at most 1 KiB; for what is not per socket). */
void buffer_printf(struct buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Decimal digits of @n into @out (at least 20 bytes, no NUL).  Returns how many. */
size_t text_u64_long(char *out, uint64_t n);

static inline size_t text_u64(char *out, uint64_t n)
{
	/* most queues are empty */
	if (n >= 10)
		return text_u64_long(out, n);
	*out = (char)('0' + n);
	return 1;
}

#endif
