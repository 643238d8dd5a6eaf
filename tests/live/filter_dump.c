/*
 * filter_dump [--here] FILTER: the ends of every TCP socket that matches, one line each,
 * with the filter handed to the kernel, or with --here evaluated here alone; last a
 * line "# DELIVERED SOCKETS".  Exit status 2 on a wrong filter.
 */
#include "config.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collect/collect.h"
#include "query/filter.h"

struct printer {
	struct sink sink;
	struct filter *filter;
};

static int print_matching(struct sink *sink, const struct sock *sk)
{
	struct printer *p = sink_of(sink, struct printer, sink);
	const struct row row = { .sock = sk };
	char local[ENDPOINT_TEXT_MAX];
	char peer[ENDPOINT_TEXT_MAX];
	size_t local_len = endpoint_text(local, &sk->local, false, NULL);
	size_t peer_len = endpoint_text(peer, &sk->peer, false, NULL);

	if (filter_match(p->filter, &row))
		printf("%.*s %.*s\n", (int)local_len, local, (int)peer_len, peer);
	return 0;
}

int main(int argc, char **argv)
{
	bool here = argc == 3 && strcmp(argv[1], "--here") == 0;
	struct filter_error wrong;
	struct error error;
	struct printer p = { .sink.push = print_matching };
	struct collector *c = collector_open(NULL, &error);
	struct collect_request request = { .protos = PROTO_BIT(PROTO_TCP),
					   .families = FAMILY_V4 | FAMILY_V6 };
	struct filter *f;

	if (argc != 2 && !here)
		errx(2, "usage: filter_dump [--here] FILTER");
	f = filter_parse(argv[argc - 1], strlen(argv[argc - 1]), NULL, &wrong);
	if (!f)
		errx(2, "%s", wrong.message);
	p.filter = f;
	request.states = here ? states_linux() : filter_states(f) & states_linux();
	request.match = here ? NULL : filter_match_tree(f);
	request.facts = filter_facts(f) & FACTS_OF_DUMP;
	if (!c || collector_run(c, &request, &p.sink, &error) < 0)
		errx(1, "%s", error.text);
	printf("# %" PRIu64 "\n", collector_report(c)->sockets);
	collector_close(c);
	filter_free(f);
	return 0;
}
