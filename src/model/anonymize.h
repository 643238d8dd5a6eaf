/*
 * Other addresses and names in the place of real ones, for a report that may be
 * shown around: the same one always becomes the same other, with the same key.
 *
 * Addresses that share a prefix share one of the same length afterwards, so that
 * networks can still be told apart.  What an address is stays: unspecified,
 * loopback, private, link-local, multicast, broadcast, IPv4 and its form mapped
 * into IPv6.  Different addresses stay different.  Ports stay.
 */
#ifndef MODEL_ANONYMIZE_H
#define MODEL_ANONYMIZE_H

#include <stddef.h>
#include <stdint.h>

#include "model/addr.h"
#include "model/sock.h"

/* The key; whoever knows it can find out what was replaced. */
struct anonymizer {
	uint64_t key[2];
};

/* Make the key out of @secret (@len bytes of anything). */
void anonymizer_init(struct anonymizer *a, const void *secret, size_t len);

/* Replace the address of @e in place. */
void anonymize_endpoint(const struct anonymizer *a, struct endpoint *e);

/* Longest text of anonymize_name(), its NUL included. */
#define ANONYMIZED_NAME_MAX 40

/*
 * "KIND-0123abcd" for @name (of @len bytes) into @out (ANONYMIZED_NAME_MAX bytes);
 * @kind is cut at 20 bytes.  An empty name stays empty.  Returns the length.
 */
size_t anonymize_name(const struct anonymizer *a, const char *kind, const char *name, size_t len,
		      char *out);

/* Room for what anonymize_sock() makes. */
struct anonymized {
	char name[ANONYMIZED_NAME_MAX];
	char interface[ANONYMIZED_NAME_MAX];
	char local_text[ANONYMIZED_NAME_MAX];
	char peer_text[ANONYMIZED_NAME_MAX];
};

/*
 * Replace both ends, whatever they are, name and interface ("lo" stays) of @sk; the
 * texts are in @room.
 */
void anonymize_sock(const struct anonymizer *a, struct sock *sk, struct anonymized *room);

#endif
