/*
 * The findings that a recording has of a moment.
 */
#ifndef APP_RECORDED_FINDINGS_H
#define APP_RECORDED_FINDINGS_H

#include "app/findings_report.h"
#include "app/replay.h"
#include "base/arena.h"

struct recorded_findings {
	struct findings_report report; /* borrows from what follows */
	struct arena texts;
	struct finding *list;
	size_t room;
	struct error *err;
};

/*
 * Read what was wrong at the moment of @r.  0, or -1 with @err set;
 * recorded_findings_fini() is due either way.
 */
int recorded_findings_read(struct recorded_findings *f, struct replay *r, struct error *err);
void recorded_findings_fini(struct recorded_findings *f);

#endif
