/*
 * The table of recipes, see recipes.h.
 */
#include "config.h"

#include "live/recipes.h"

#include <err.h>
#include <stdlib.h>
#include <unistd.h>

#define LISTEN_BACKLOG 4096

struct recipe {
	const char *name;
	void (*make)(struct lab *lab);
	bool udp;
	const char *help;
};

static const struct flavour flavours[] = {
	{ "IPv4", AF_INET, "127.0.0.1" },
	{ "IPv6", AF_INET6, "::1" },
	{ "IPv4-mapped", AF_INET6, "::ffff:127.0.0.1" },
};

/* Made in each flavour, in this order: what the kernel forgets by itself after
 * 60 s comes last. */
static const struct recipe recipes[] = {
	{ "established", make_established, false, "both ends of an idle connection" },
	{ "queued", make_queued, false, "100 bytes unread, and 100 bytes unacknowledged" },
	{ "unaccepted", make_unaccepted, false, "a full accept queue, and a SYN that it drops" },
	{ "half-open", make_half_open, false, "SYN-SENT, and the request at the listener" },
	{ "simultaneous", make_simultaneous, false, "SYN-RECEIVED as a full socket" },
	{ "bound", make_bound, false, "only bound; listener shut down; disconnected" },
	{ "fin-wait-1", make_fin_wait_1, false, "FIN sent, its acknowledgment lost" },
	{ "fin-wait-2", make_fin_wait_2, false, "FIN acknowledged, descriptor still held" },
	{ "closing", make_closing, false, "both said FIN, one heard it" },
	{ "close-wait", make_close_wait, false, "the peer closed, EOF read" },
	{ "last-ack", make_last_ack, false, "both said FIN, the last ACK lost" },
	{ "orphan-fin-wait-1", make_orphan_fin_wait_1, false, "closed, FIN not acknowledged" },
	{ "orphan-last-ack", make_orphan_last_ack, false, "closed, last ACK lost" },
	{ "udp", make_udp, true, "bound, connected, and with a datagram waiting" },
	{ "orphan-fin-wait-2", make_orphan_fin_wait_2, false, "closed, full socket for 60 s" },
	{ "minisock-fin-wait-2", make_minisock_fin_wait_2, false, "closed, minisock for 60 s" },
	{ "time-wait", make_time_wait, false, "both closed" },
};

/* Made once. */
static const struct recipe singles[] = {
	{ "wildcard", make_wildcards, false, "listeners on 0.0.0.0 and, v6 only, on ::" },
	{ "dual-stack", make_dual_stack, false, "an IPv4 client of a listener on ::" },
	{ "device", make_device, false, "a listener bound to lo" },
	{ "udp-wildcard", make_udp_wildcards, true, "bound to 0.0.0.0, ::, and :: v6 only" },
};

static const size_t recipe_count = sizeof(recipes) / sizeof(recipes[0]);
static const size_t single_count = sizeof(singles) / sizeof(singles[0]);
static const size_t flavour_count = sizeof(flavours) / sizeof(flavours[0]);

static void make_some(struct lab *lab, const struct recipe *some, size_t count, bool only_tcp)
{
	for (size_t i = 0; i < count; i++) {
		if (some[i].udp && only_tcp)
			continue;
		lab->recipe = some[i].name;
		some[i].make(lab);
	}
}

void recipes_make(struct lab *lab, bool only_tcp)
{
	if (!lab->count)
		return;
	lab->pairs = calloc(lab->count, sizeof(*lab->pairs));
	if (!lab->pairs)
		err(1, "cannot keep %zu connections", lab->count);
	make_some(lab, singles, single_count, only_tcp);
	for (size_t i = 0; i < flavour_count; i++) {
		if (flavours[i].family == AF_INET6 && !lab->has_ipv6)
			continue;
		lab->flavour = &flavours[i];
		lab->recipe = "listen";
		lab->listener = lab_listen(lab, LISTEN_BACKLOG, &lab->listener_end);
		make_some(lab, recipes, recipe_count, only_tcp);
	}
	free(lab->pairs);
	lab->pairs = NULL;
}

static void list_some(const struct recipe *some, size_t count, FILE *out)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "  %-20s %s\n", some[i].name, some[i].help);
}

void recipes_list(FILE *out)
{
	list_some(recipes, recipe_count, out);
	list_some(singles, single_count, out);
}
