/*
 * Fuzz target: files that --from is pointed at as saved dumps.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/dumpfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check(struct sink *self, const struct sock *sk)
{
	(void)self;
	if (sk->state >= STATE_COUNT || sk->proto >= PROTO_COUNT ||
	    (sk->congestion && strlen(sk->congestion) > 15))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct collect_request everything = {
		.protos = ~0u,
		.families = FAMILY_V4 | FAMILY_V6,
		.states = ~0u,
		.facts = FACTS_OF_DUMP,
	};
	struct sink sink = { .push = check };
	struct dumpfile_report report;
	struct error err = { 0 };
	FILE *file;
	int result;

	if (!size)
		return 0;
	file = tmpfile();
	if (!file || fwrite(data, 1, size, file) != size)
		abort();
	rewind(file);
	result = dumpfile_read(file, "input", &everything, &sink, &report, &err);
	/* an error has a text, success has read an end mark */
	if ((result < 0) != (err.text[0] != '\0') || (!result && !report.messages))
		abort();
	fclose(file);
	return 0;
}
