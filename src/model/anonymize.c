/*
 * Other addresses and names in the place of real ones: see anonymize.h.
 *
 * Bit n of an address is turned over if a keyed hash of the n bits before it says
 * so (the construction of Crypto-PAn, with SipHash).  Where these n bits begin the
 * prefix of one of the special networks it never is, which keeps those networks
 * and lets no other address come into them.
 */
#include "config.h"

#include "model/anonymize.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct special {
	uint8_t family;
	uint8_t bits;
	bool whole; /* the bits behind the prefix stay as well */
	uint8_t bytes[16];
};

/* Networks that stay what they are. */
static const struct special specials[] = {
	{ ADDR_V4, 8, true, { 0 } },		      /* unspecified */
	{ ADDR_V4, 8, true, { 127 } },		      /* loopback */
	{ ADDR_V4, 32, true, { 255, 255, 255, 255 } }, /* broadcast */
	{ ADDR_V4, 8, false, { 10 } },
	{ ADDR_V4, 10, false, { 100, 64 } },
	{ ADDR_V4, 12, false, { 172, 16 } },
	{ ADDR_V4, 16, false, { 192, 168 } },
	{ ADDR_V4, 16, false, { 169, 254 } },
	{ ADDR_V4, 4, false, { 224 } },
	{ ADDR_V4, 4, false, { 240 } },
	{ ADDR_V6, 127, true, { 0 } },			      /* unspecified and loopback */
	{ ADDR_V6, 96, false, { [10] = 0xff, [11] = 0xff } }, /* mapped IPv4 */
	{ ADDR_V6, 3, false, { 0x20 } },
	{ ADDR_V6, 7, false, { 0xfc } },
	{ ADDR_V6, 10, false, { 0xfe, 0x80 } },
	{ ADDR_V6, 16, true, { 0xff, 0x02 } }, /* multicast on the link: well-known groups */
	{ ADDR_V6, 8, false, { 0xff } },
};

static uint64_t rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

/* SipHash-2-4 (Aumasson and Bernstein, 2012). */
static uint64_t hash(const struct anonymizer *a, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint64_t v[4] = {
		a->key[0] ^ 0x736f6d6570736575u,
		a->key[1] ^ 0x646f72616e646f6du,
		a->key[0] ^ 0x6c7967656e657261u,
		a->key[1] ^ 0x7465646279746573u,
	};
	uint64_t word = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		word |= (uint64_t)bytes[i] << 8 * (i % 8);
		if (i % 8 == 7) {
			sip_word(v, word);
			word = 0;
		}
	}
	sip_word(v, word | (uint64_t)(len & 0xff) << 56);
	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void anonymizer_init(struct anonymizer *a, const void *secret, size_t len)
{
	const struct anonymizer halves[] = { { { 1, 0 } }, { { 2, 0 } } };

	for (size_t i = 0; i < 2; i++)
		a->key[i] = hash(&halves[i], secret, len);
}

static bool bit_of(const uint8_t *bytes, unsigned int n)
{
	return bytes[n / 8] >> (7 - n % 8) & 1;
}

static unsigned int common_bits(const uint8_t *a, const uint8_t *b, unsigned int limit)
{
	unsigned int n = 0;

	while (n < limit && bit_of(a, n) == bit_of(b, n))
		n++;
	return n;
}

/* How many bits of the address stay as they are. */
static unsigned int fixed_bits(uint8_t family, const uint8_t *bytes, unsigned int width)
{
	unsigned int most = 0;
	size_t i;

	for (i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		const struct special *s = &specials[i];
		unsigned int n;

		if (s->family != family)
			continue;
		n = common_bits(bytes, s->bytes, s->bits);
		if (n == s->bits && s->whole)
			return width;
		/* the bit in which it differs stays too, or it might come into the prefix */
		if (n < s->bits)
			n++;
		if (n > most)
			most = n;
	}
	return most;
}

static void replace(const struct anonymizer *a, uint8_t family, uint8_t *bytes, unsigned int width)
{
	unsigned int n = fixed_bits(family, bytes, width);
	uint8_t real[18] = { 0 }; /* the bits before the n-th, then how many, then the family */
	uint8_t out[16];

	memcpy(out, bytes, sizeof(out));
	real[17] = family;
	memcpy(real, bytes, n / 8);
	for (; n < width; n++) {
		uint8_t mask = (uint8_t)(0x80 >> n % 8);

		/* the bits of this byte that come before */
		real[n / 8] = bytes[n / 8] & (uint8_t)~(mask | (mask - 1));
		real[16] = (uint8_t)n;
		if (hash(a, real, sizeof(real)) & 1)
			out[n / 8] ^= mask;
		real[n / 8] = bytes[n / 8];
	}
	memcpy(bytes, out, sizeof(out));
}

void anonymize_endpoint(const struct anonymizer *a, struct endpoint *e)
{
	uint8_t v4[16] = { 0 };

	if (e->family == ADDR_V6 && addr_is_mapped(e->family, e->bytes)) {
		memcpy(v4, e->bytes + 12, 4);
		replace(a, ADDR_V4, v4, 32);
		memcpy(e->bytes + 12, v4, 4);
	} else if (e->family == ADDR_V4) {
		replace(a, ADDR_V4, e->bytes, 32);
	} else if (e->family == ADDR_V6) {
		replace(a, ADDR_V6, e->bytes, 128);
	}
}

size_t anonymize_name(const struct anonymizer *a, const char *kind, const char *name, size_t len,
		      char *out)
{
	int written = 0;

	out[0] = '\0';
	if (len)
		written = snprintf(out, ANONYMIZED_NAME_MAX, "%.20s-%08x", kind,
				   (unsigned int)(hash(a, name, len) & 0xffffffffu));
	return (size_t)written;
}

/* An end that is no IP address; "*", any, stays, with what follows it. */
static void anonymize_text(const struct anonymizer *a, const char **text, uint32_t *len,
			   char *room)
{
	if (!*text || (*len && **text == '*'))
		return;
	*len = (uint32_t)anonymize_name(a, "end", *text, *len, room);
	*text = room;
}

void anonymize_sock(const struct anonymizer *a, struct sock *sk, struct anonymized *room)
{
	anonymize_endpoint(a, &sk->local);
	anonymize_endpoint(a, &sk->peer);
	if (sk->name) {
		sk->name_len = (uint32_t)anonymize_name(a, "name", sk->name, sk->name_len,
							room->name);
		sk->name = room->name;
	}
	if (sk->interface && strcmp(sk->interface, "lo") != 0) {
		anonymize_name(a, "if", sk->interface, strlen(sk->interface), room->interface);
		sk->interface = room->interface;
	}
	anonymize_text(a, &sk->local_text, &sk->local_text_len, room->local_text);
	anonymize_text(a, &sk->peer_text, &sk->peer_text_len, room->peer_text);
}
