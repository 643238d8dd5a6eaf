/* Names of ports: see services.h. */
#include "config.h"

#include "app/services.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define PORTS 65536

/* The databases of services(5) that are looked at. */
enum base { BASE_TCP, BASE_UDP, BASE_COUNT };

struct services {
	struct arena texts;
	const char *names[BASE_COUNT][PORTS]; /* memory that is not touched costs nothing */
};

/* The first name of a port is the one that counts. */
static void note(struct services *s, const struct servent *entry)
{
	static const char *const bases[BASE_COUNT] = { "tcp", "udp" };
	uint16_t port = ntohs((uint16_t)entry->s_port);

	for (size_t i = 0; i < BASE_COUNT; i++)
		if (!strcmp(entry->s_proto, bases[i]) && !s->names[i][port])
			s->names[i][port] =
				arena_strndup(&s->texts, entry->s_name, strlen(entry->s_name));
}

struct services *services_new(void)
{
	struct services *s = calloc(1, sizeof(*s));
	const struct servent *entry;

	if (!s)
		return NULL;
	s->texts.block_bytes = 16384;
	setservent(1);
	while ((entry = getservent()))
		note(s, entry);
	endservent();
	return s;
}

void services_free(struct services *s)
{
	if (!s)
		return;
	arena_fini(&s->texts);
	free(s);
}

const char *services_name(const struct services *s, enum proto proto, uint16_t port)
{
	return s->names[proto == PROTO_UDP ? BASE_UDP : BASE_TCP][port];
}
