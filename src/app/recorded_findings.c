/* The findings that a recording has of a moment: see recorded_findings.h. */
#include "config.h"

#include "app/recorded_findings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define NS_PER_MS UINT64_C(1000000)

static enum severity severity_of(const char *name)
{
	return strcmp(name, severity_name(SEVERITY_CRITICAL)) ? SEVERITY_WARNING :
								SEVERITY_CRITICAL;
}

static const char *keep_text(struct recorded_findings *f, const char *text)
{
	return text ? arena_strndup(&f->texts, text, strlen(text)) : NULL;
}

/* One that this program does not know is left out: nothing could be said of it. */
static int note(void *context, const struct recorded_finding *what)
{
	struct recorded_findings *f = context;
	const struct finding_info *info = finding_find(what->name);
	struct finding *list;

	if (!info)
		return 0;
	list = array_room(f->list, &f->room, f->report.count, 16, sizeof(*list));
	if (!list)
		return error_set(f->err, ENOMEM, "cannot read findings");
	f->list = list;
	f->list[f->report.count++] = (struct finding){
		.info = info,
		.severity = severity_of(what->severity),
		.subject = keep_text(f, what->subject),
		.evidence = keep_text(f, what->evidence),
		.owner = keep_text(f, what->owner),
		.since_ns = what->since_ms * NS_PER_MS,
		.sockets = what->sockets,
	};
	return 0;
}

int recorded_findings_read(struct recorded_findings *f, struct replay *r, struct error *err)
{
	uint64_t at_ns = replay_at_ms(r) * NS_PER_MS;

	*f = (struct recorded_findings){ .err = err };
	f->report.at_ns = at_ns;
	f->report.wall_ns = at_ns;
	f->report.origin = replay_origin(r);
	f->report.source = "recording";
	err->text[0] = '\0';
	if (recording_findings(replay_recording(r), replay_at_ms(r), note, f, err) || *err->text)
		return -1;
	f->report.list = f->list;
	return 0;
}

void recorded_findings_fini(struct recorded_findings *f)
{
	arena_fini(&f->texts);
	free(f->list);
}
