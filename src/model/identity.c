/* What makes a socket the same one in two passes: see identity.h. */
#include "config.h"

#include "model/identity.h"

#include <string.h>

#include "base/hash.h"

static uint64_t hash_endpoint(uint64_t hash, const struct endpoint *e)
{
	uint64_t high, low;
	uint32_t v4;

	if (e->family == ADDR_V4) {
		memcpy(&v4, e->bytes, sizeof(v4));
		return hash_word(hash, (uint64_t)v4 << 32 | (uint32_t)e->port << 8 | e->family);
	}
	memcpy(&high, e->bytes, sizeof(high));
	memcpy(&low, e->bytes + sizeof(high), sizeof(low));
	hash = hash_word(hash, high);
	hash = hash_word(hash, low);
	return hash_word(hash, (uint32_t)e->port << 8 | e->family);
}

/*
 * Without a cookie a connection is known by its ends alone, so that it stays the
 * same one when close() takes its inode away; what has no peer is told apart
 * from others on the same port by its inode.
 */
static uint64_t stand_in(const struct sock *sk, uint64_t hash)
{
	return hash_word(hash_word(hash, sk->peer.port ? 0 : sk->inode), sk->proto);
}

struct identity identity_of(const struct sock *sk)
{
	uint64_t hash = hash_word(sk->netns, sk->proto);

	hash = hash_endpoint(hash, &sk->local);
	hash = hash_endpoint(hash, &sk->peer);
	return (struct identity){
		.id = sk->has & SOCK_HAS_COOKIE ? sk->cookie : stand_in(sk, hash),
		.ends = (uint32_t)(hash >> 32),
	};
}
