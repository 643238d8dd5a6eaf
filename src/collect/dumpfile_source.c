/* A saved dump in the place of the kernel: see dumpfile.h. */
#include "config.h"

#include "collect/dumpfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct dump_source {
	FILE *file;
	char *name;
	bool read_before;
	struct error incomplete;
};

/* What was wrong with messages of a file that came to its end. */
static void judge(struct dump_source *s, const struct dumpfile_report *part,
		  struct collect_report *report)
{
	if (part->malformed)
		error_set(&s->incomplete, 0, "'%s' is damaged: %" PRIu64 " messages make no "
			  "sense and were left out", s->name, part->malformed);
	else if (part->errors)
		error_set(&s->incomplete, 0, "'%s' is incomplete: the kernel broke off %" PRIu64
			  " of its dumps", s->name, part->errors);
	else
		return;
	report->incomplete = s->incomplete.text;
}

static int source_rewind(struct dump_source *s, struct error *err)
{
	if (!s->read_before || !fseeko(s->file, 0, SEEK_SET)) {
		s->read_before = true;
		return 0;
	}
	return error_set(err, 0, "'%s' can be read only once: it is no file", s->name);
}

static int source_read(void *context, const struct collect_request *request, struct sink *sink,
		       struct collect_report *report, struct error *err)
{
	struct dump_source *s = context;
	struct dumpfile_report part;
	int rc;

	if (source_rewind(s, err))
		return -1;
	rc = dumpfile_read(s->file, s->name, request, sink, &part, &s->incomplete);
	report->sockets = part.sockets;
	report->outside = part.outside;
	report->malformed = part.malformed;
	if (!rc)
		judge(s, &part, report);
	else if (part.sockets + part.outside)
		report->incomplete = s->incomplete.text;
	else
		*err = s->incomplete;
	return rc && !report->incomplete ? -1 : 0;
}

static void source_close(void *context)
{
	struct dump_source *s = context;

	if (s->file && s->file != stdin)
		fclose(s->file);
	free(s->name);
	free(s);
}

int dumpfile_source(struct saved_source *out, const char *path, struct error *err)
{
	bool standard = !strcmp(path, "-");
	struct dump_source *s = calloc(1, sizeof(*s));

	if (!s)
		return error_set(err, ENOMEM, "cannot read '%s'", path);
	s->name = strdup(standard ? "standard input" : path);
	s->file = standard ? stdin : fopen(path, "re");
	if (!s->name || !s->file) {
		error_set(err, errno, "cannot open '%s'", path);
		source_close(s);
		return -1;
	}
	*out = (struct saved_source){
		.read = source_read, .close = source_close, .context = s, .name = "file",
	};
	return 0;
}
