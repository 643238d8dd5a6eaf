/* From options to a collector: see source.h. */
#include "config.h"

#include "app/source.h"

#include "app/families.h"

struct collector *source_open(const struct options *o, bool parallel, struct error *err)
{
	const struct collect_options options = {
		.proc_root = o->proc_root,
		.no_netlink = o->no_netlink || o->proc_root,
		.parallel = parallel,
	};

	return collector_open(&options, err);
}

struct collect_request source_request(const struct options *o, unsigned int facts)
{
	struct collect_request request = {
		.protos = options_protos(o),
		.families = options_families(o),
		.states = options_states(o),
		.facts = facts & FACTS_OF_DUMP,
	};

	families_types(o, request.types);
	return request;
}
