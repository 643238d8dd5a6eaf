/* Values as numbers that compare like them: see keys.h. */
#include "config.h"

#include "query/keys.h"

#include <string.h>

/* Bytes that compare like the numbers they hold: most significant first. */
static uint64_t load_big_endian(const uint8_t *bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 8; i++)
		n = n << 8 | bytes[i];
	return n;
}

static void key_from_bytes(struct key *k, const uint8_t *bytes, size_t len)
{
	uint8_t padded[24] = { 0 };

	memcpy(padded, bytes, len < sizeof(padded) ? len : sizeof(padded));
	for (size_t i = 0; i < 3; i++)
		k->part[i] = load_big_endian(padded + 8 * i);
}

static void key_from_endpoint(struct key *k, const struct endpoint *e)
{
	uint8_t bytes[19] = { e->family };

	memcpy(bytes + 1, e->bytes, e->family == ADDR_V4 ? 4 : 16);
	bytes[17] = (uint8_t)(e->port >> 8);
	bytes[18] = (uint8_t)e->port;
	key_from_bytes(k, bytes, sizeof(bytes));
}

static int key_from_text(struct key *k, const struct value *v, struct arena *texts)
{
	key_from_bytes(k, (const uint8_t *)v->text, v->len);
	k->len = v->len;
	if (v->len <= sizeof(k->part))
		return 0;
	k->text = arena_strndup(texts, v->text, v->len);
	return k->text ? 0 : -1;
}

/* A double as an integer of the same order. */
static uint64_t order_of_double(double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

int key_set(struct key *k, const struct value *v, struct arena *texts)
{
	*k = (struct key){ 0 };
	switch ((enum value_kind)v->kind) {
	case VALUE_NONE:
		k->none = true;
		break;
	case VALUE_COUNT:
		k->part[0] = v->count;
		break;
	case VALUE_RATIO:
		k->part[0] = order_of_double(v->ratio);
		break;
	case VALUE_BOOL:
		k->part[0] = v->truth;
		break;
	case VALUE_STATE:
		k->part[0] = v->state;
		break;
	case VALUE_ADDRESS:
	case VALUE_ENDPOINT:
		key_from_endpoint(k, v->endpoint);
		break;
	case VALUE_TEXT:
		return key_from_text(k, v, texts);
	}
	return 0;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_long_text(const struct key *a, const struct key *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = 0;

	if (a->text && b->text)
		order = memcmp(a->text, b->text, len);
	return order ? order : compare_u64(a->len, b->len);
}

int key_compare(const struct key *a, const struct key *b, bool descending)
{
	int order = 0;

	if (a->none || b->none)
		return (int)a->none - (int)b->none;
	for (size_t i = 0; i < 3 && !order; i++)
		order = compare_u64(a->part[i], b->part[i]);
	if (!order)
		order = compare_long_text(a, b);
	return descending ? -order : order;
}

/* Append the lower @bits of @n, as many of them as there is room for. */
static void put_bits(struct prefix_writer *w, uint64_t n, unsigned int bits)
{
	unsigned int room = PREFIX_BITS - w->used;
	unsigned int left = 64 - w->used % 64; /* of the word */
	uint64_t *word = &w->prefix.word[w->used / 64];

	if (w->inverted)
		n = ~n;
	n &= UINT64_MAX >> (64 - bits);
	if (bits > room) {
		w->cut = true;
		n = room ? n >> (bits - room) : 0;
		bits = room;
	}
	if (!bits)
		return;
	if (bits > left) {
		word[0] |= n >> (bits - left);
		word[1] |= n << (64 - (bits - left));
	} else {
		word[0] |= n << (left - bits);
	}
	w->used += bits;
}

static void put_endpoint(struct prefix_writer *w, const struct endpoint *e)
{
	put_bits(w, e->family, 2);
	if (e->family == ADDR_V4) {
		put_bits(w, load_big_endian(e->bytes) >> 32, 32);
	} else {
		put_bits(w, load_big_endian(e->bytes), 64);
		put_bits(w, load_big_endian(e->bytes + 8), 64);
	}
	put_bits(w, e->port, 16);
}

/* Bytes of a text in a prefix; its length follows, for "a" comes before "a\0". */
#define TEXT_BYTES 13

static void put_text(struct prefix_writer *w, const char *text, size_t len)
{
	uint8_t padded[16] = { 0 };

	memcpy(padded, text, len < TEXT_BYTES ? len : TEXT_BYTES);
	put_bits(w, load_big_endian(padded), 64);
	put_bits(w, load_big_endian(padded + 8) >> 24, 8 * (TEXT_BYTES - 8));
	put_bits(w, len <= TEXT_BYTES ? len : TEXT_BYTES + 1, 8);
	w->cut |= len > TEXT_BYTES;
}

void prefix_add(struct prefix_writer *w, const struct value *v, bool descending)
{
	if (w->cut)
		return;
	w->inverted = false;
	put_bits(w, v->kind == VALUE_NONE, 1);
	w->inverted = descending;
	switch ((enum value_kind)v->kind) {
	case VALUE_NONE:
		break;
	case VALUE_COUNT:
		put_bits(w, v->count, 64);
		break;
	case VALUE_RATIO:
		put_bits(w, order_of_double(v->ratio), 64);
		break;
	case VALUE_BOOL:
		put_bits(w, v->truth, 1);
		break;
	case VALUE_STATE:
		put_bits(w, v->state, 8);
		break;
	case VALUE_ADDRESS:
	case VALUE_ENDPOINT:
		put_endpoint(w, v->endpoint);
		break;
	case VALUE_TEXT:
		put_text(w, v->text, v->len);
		break;
	}
}
