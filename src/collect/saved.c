/*
 * A collector of what was saved: see saved.h.
 *
 * A pass is read at once: there is nothing to wait for between two slices.
 */
#include "config.h"

#include "collect/saved.h"

static int saved_run(struct collector *c, const struct collect_request *request,
		     struct sink *sink, struct error *err)
{
	const struct saved_source *saved = &c->options.saved;

	c->report = (struct collect_report){ .source = saved->name };
	return saved->read(saved->context, request, sink, &c->report, err);
}

static int saved_start(struct collector *c, const struct collect_request *request,
		       struct error *err)
{
	(void)err;
	c->request = *request;
	return 0;
}

static int saved_step(struct collector *c, struct sink *sink, unsigned int budget_us,
		      struct error *err)
{
	(void)budget_us;
	return saved_run(c, &c->request, sink, err);
}

static void saved_close(struct collector *c)
{
	c->options.saved.close(c->options.saved.context);
}

const struct collector_kind saved_kind = {
	.start = saved_start,
	.step = saved_step,
	.run = saved_run,
	.close = saved_close,
};
