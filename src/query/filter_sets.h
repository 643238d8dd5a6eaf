/*
 * Sets that a socket is looked up in by binary search: numbers, addresses, texts.
 *
 * A set is filled in any order and sealed once; overlapping items become one.
 * Memory comes from the filter's arena and is never freed before it.
 */
#ifndef QUERY_FILTER_SETS_H
#define QUERY_FILTER_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/addr.h"

/* Numbers from @low to @high, both included. */
struct range {
	uint64_t low;
	uint64_t high;
};

struct range_set {
	struct range *item;
	size_t count;
	size_t size;
};

/* An address as a number; an IPv4 address is in the low 32 bits. */
struct addr_number {
	uint64_t high;
	uint64_t low;
};

#define ADDR_RANGE_ANY_PORT 65536u

/* Addresses of one family from @first to @last, with one port or any. */
struct addr_range {
	struct addr_number first;
	struct addr_number last;
	uint32_t port;
};

struct addr_list {
	struct addr_range *item; /* sorted by port, then address */
	size_t count;
	size_t size;
};

/* IPv4 ranges also hold mapped IPv6 addresses; IPv6 ranges never hold IPv4 ones. */
struct addr_set {
	struct addr_list v4;
	struct addr_list v6;
};

struct text_item {
	const char *text;
	size_t len;
};

struct text_set {
	struct text_item *item;
	size_t count;
	size_t size;
};

/*
 * Adding and merging return 0, or -1 without memory.  Sealing sorts and joins what
 * overlaps; only a sealed set can be asked what it has.
 */
int range_set_add(struct range_set *set, struct arena *a, uint64_t low, uint64_t high);
int range_set_merge(struct range_set *set, struct arena *a, const struct range_set *other);
void range_set_seal(struct range_set *set);
bool range_set_has(const struct range_set *set, uint64_t n);

/* Add @net/@bits; bits beyond the prefix are not looked at. */
int addr_set_add(struct addr_set *set, struct arena *a, const struct endpoint *net,
		 unsigned int bits, uint32_t port);
int addr_set_merge(struct addr_set *set, struct arena *a, const struct addr_set *other);
void addr_set_seal(struct addr_set *set);
bool addr_set_has(const struct addr_set *set, const struct endpoint *e);

int text_set_add(struct text_set *set, struct arena *a, const char *text, size_t len);
int text_set_merge(struct text_set *set, struct arena *a, const struct text_set *other);
void text_set_seal(struct text_set *set);
bool text_set_has(const struct text_set *set, const char *text, size_t len);

/* The order of two texts, bytewise, a prefix first. */
int text_compare(const char *a, size_t a_len, const char *b, size_t b_len);

/* The largest prefix that starts at @first and ends no later than @last: its length in bits. */
unsigned int addr_prefix_within(const struct addr_number *first, const struct addr_number *last,
				unsigned int family_bits);

/* The last address of the prefix of @bits at @first. */
struct addr_number addr_prefix_last(const struct addr_number *first, unsigned int bits,
				    unsigned int family_bits);

/* @n + 1, and the order of two. */
struct addr_number addr_number_next(const struct addr_number *n);
int addr_number_compare(const struct addr_number *a, const struct addr_number *b);

/* @n as an endpoint without port. */
struct endpoint addr_number_endpoint(const struct addr_number *n, enum addr_family family);

#endif
