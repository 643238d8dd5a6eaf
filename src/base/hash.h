/*
 * Hashing words and bytes, for tables in memory only: the values differ between
 * machines of different byte order and are never written down.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15) /* 2^64 divided by the golden ratio, odd */

/* Fold @word into @hash; every bit of both reaches every bit of a second fold. */
static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * HASH_FACTOR;
	return hash ^ hash >> 29;
}

/* Fold @len bytes into @hash. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint64_t word = len;

	hash = hash_word(hash, word);
	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = hash_word(hash, word);
	}
	word = 0;
	memcpy(&word, p, len);
	return hash_word(hash, word);
}

/* The upper @bits (1 to 63) of a last scramble: a place in a table of 2^@bits. */
static inline size_t hash_place(uint64_t hash, unsigned int bits)
{
	return (size_t)(hash * HASH_FACTOR >> (64 - bits));
}

#endif
