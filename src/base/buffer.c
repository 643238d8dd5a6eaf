/* Bytes on their way out: see buffer.h. */
#include "config.h"

#include "base/buffer.h"

#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void buffer_init(struct buffer *b, int fd)
{
	*b = (struct buffer){ .fd = fd };
}

void buffer_fini(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ .fd = b->fd };
}

/* Write everything that is pending; a failure is latched. */
static void drain(struct buffer *b)
{
	size_t done = 0;

	while (done < b->used && !b->error) {
		ssize_t n = write(b->fd, b->data + done, b->used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			b->error = errno;
	}
	b->used = 0;
}

int buffer_flush(struct buffer *b, struct error *err)
{
	if (b->fd >= 0 && !b->error)
		drain(b);
	if (b->error)
		return error_set(err, b->error, "cannot write the output");
	return 0;
}

/* Make the memory at least @size bytes large. */
static int grow(struct buffer *b, size_t size)
{
	size_t wanted = b->size ? b->size : BUFFER_BYTES;
	char *data;

	while (wanted < size) {
		if (wanted > SIZE_MAX / 2)
			return b->error = ENOMEM;
		wanted *= 2;
	}
	data = realloc(b->data, wanted);
	if (!data)
		return b->error = ENOMEM;
	b->data = data;
	b->size = wanted;
	return 0;
}

char *buffer_reserve_slow(struct buffer *b, size_t len)
{
	if (b->error)
		return NULL;
	if (b->fd >= 0 && b->data) {
		drain(b);
		if (b->error)
			return NULL;
	}
	if (b->size - b->used < len && (len > SIZE_MAX - b->used || grow(b, b->used + len)))
		return NULL;
	return b->data + b->used;
}

void buffer_put(struct buffer *b, const char *data, size_t len)
{
	while (len) {
		size_t part = len < BUFFER_BYTES ? len : BUFFER_BYTES;
		char *p = buffer_reserve(b, part);

		if (!p)
			return;
		memcpy(p, data, part);
		buffer_commit(b, part);
		data += part;
		len -= part;
	}
}

void buffer_fill(struct buffer *b, char c, size_t count)
{
	while (count) {
		size_t part = count < BUFFER_BYTES ? count : BUFFER_BYTES;
		char *p = buffer_reserve(b, part);

		if (!p)
			return;
		memset(p, c, part);
		buffer_commit(b, part);
		count -= part;
	}
}

/* The decimal digits of 0 to 99, two by two. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233"
			    "34353637383940414243444546474849505152535455565758596061626364656667"
			    "6869707172737475767778798081828384858687888990919293949596979899";

/* The four digits of @n at @out. */
static void put_four(char *out, unsigned int n)
{
	memcpy(out, pairs + n / 100 * 2, 2);
	memcpy(out + 2, pairs + n % 100 * 2, 2);
}

/* At most four digits: leading zeros are shifted out of the word that all of them make. */
static size_t text_small(char *out, unsigned int n)
{
	unsigned int blank = (n < 10) + (n < 100) + (n < 1000);
	uint32_t text;

	put_four((char *)&text, n);
	text = htole32(le32toh(text) >> 8 * blank);
	memcpy(out, &text, sizeof(text));
	return sizeof(text) - blank;
}

size_t text_u64_long(char *out, uint64_t n)
{
	size_t len;

	if (n < 10000)
		return text_small(out, (unsigned int)n);
	len = text_u64_long(out, n / 10000);
	put_four(out + len, (unsigned int)(n % 10000));
	return len + 4;
}

void buffer_put_u64(struct buffer *b, uint64_t n)
{
	char *p = buffer_reserve(b, 20);

	if (p)
		buffer_commit(b, text_u64(p, n));
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	char text[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len > 0)
		buffer_put(b, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}
