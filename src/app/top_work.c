/*
 * What a turn of the live view's loop does between the keys and the screen, each in slices:
 * see top.h.
 */
#include "config.h"

#include "app/top.h"

/* A slice of work between two looks at the keys, and the rows between two at the clock. */
#define SLICE_NS UINT64_C(4000000)
#define SLICE_ROWS 256

void top_begin_pass(struct top *t)
{
	/* what is being written or judged stays what it is */
	t->pass_due = t->held || ui_busy(&t->ui) || t->saving || feed_judging(&t->feed);
	if (!t->pass_due && !top_is_busy(t))
		t->feed.class->begin(t->feed.self, ui_facts_of_all(&t->ui));
}

unsigned int top_facts_judged(const struct top *t)
{
	return ui_facts_of_all(&t->ui) |
	       (t->session.filter && !t->ui.filtered ? filter_facts(t->session.filter) : 0);
}

/* An order or a filter by owner or listener wants to know those of every socket. */
static bool needs_all(const struct top *t, const struct snapshot *s)
{
	return top_facts_judged(t) & (FACT_OWNERS | FACT_LISTENERS) && s &&
	       (!t->ui.paused || t->ui.awaiting || t->replaces);
}

static bool keep_row(void *context, const struct row *row)
{
	return session_keeps(context, row);
}

/* Does a pass ask for every TCP connection, so that it can be measured by the kernel's counters? */
static bool sees_all(const struct top *t)
{
	const struct session *s = &t->session;
	const state_set connections = states_tcp() & ~STATE_BIT(STATE_CLOSED);

	return (!s->filter || t->ui.filtered) && s->request.protos & PROTO_BIT(PROTO_TCP) &&
	       s->request.families == (FAMILY_V4 | FAMILY_V6) &&
	       (s->request.states & connections) == connections;
}

void top_data(struct top *t, struct ui_data *data)
{
	t->feed.class->data(t->feed.self, data);
	t->source = data->source;
	data->source = &t->details;
	live_names_data(t->names, data);
	/* also while another filter is in force: it may be given back at any time */
	if (t->session.filter) {
		data->keep = keep_row;
		data->keep_context = &t->session;
		data->keep_facts = filter_facts(t->session.filter);
		data->filter = t->filter;
	}
	if (!sees_all(t))
		data->rates.seen_known = false;
}

/* Judging goes on; its end is news. */
static void judge(struct top *t)
{
	struct ui_data data;

	if (!t->feed.class->judge(t->feed.self))
		return;
	top_data(t, &data);
	ui_set_troubles(&t->ui, &data.troubles);
	t->dirty = true;
}

/*
 * Hand the view what came, as soon as all is known that it needs of every socket.  0, or
 * -1 with the error set.
 */
static int deliver(struct top *t)
{
	struct ui_data data;

	if (t->looking)
		return 0;
	top_data(t, &data);
	/* what is saved will not get better by waiting */
	if (data.replay && data.trouble && !data.snapshot)
		return error_set(&t->error, 0, "%s", data.trouble);
	if (needs_all(t, data.snapshot) &&
	    !t->feed.class->look_up_all(t->feed.self, data.snapshot)) {
		t->looking = feed_looking(&t->feed);
		return 0;
	}
	t->held = false;
	t->dirty = true;
	t->details_due = true;
	feed_delivered(&t->feed, top_facts_judged(t), !t->ui.filtered);
	top_data(t, &data);
	data.replaces = t->replaces;
	ui_update(&t->ui, &data);
	return 0;
}

/* Owners that were looked up in the background may be known by now. */
static void look_again(struct top *t)
{
	t->looking = feed_looking(&t->feed);
	t->dirty |= !t->looking;
}

/* Rows of what is shown go to a file. */
static bool saves_rows(const struct top *t)
{
	return t->saving && saving_has_begun(t->saving);
}

/* A pass that failed has brought nothing: rows are asked for alone. */
static void end_file_pass(struct top *t)
{
	struct ui_data data;

	t->feed.class->data(t->feed.self, &data);
	if (t->saving && !data.trouble)
		saving_has_facts(t->saving);
	t->file_pass = false;
}

/* The pass under way goes on; its end is news. */
static int collect(struct top *t)
{
	bool hold = t->ui.paused && !t->file_pass;

	if (!t->feed.class->step(t->feed.self, hold))
		return 0;
	/* nothing stands still before there is something */
	t->replaces = !hold || !t->ui.data.snapshot;
	if (t->file_pass)
		end_file_pass(t);
	t->held = true;
	return top_arm_timer(t);
}

/* A slice of the view's work; its end is news. */
static void work(struct top *t)
{
	uint64_t until_ns = loop_now_ns() + SLICE_NS;
	bool more = true;

	while (more && loop_now_ns() < until_ns)
		more = ui_work(&t->ui, SLICE_ROWS);
	if (more)
		return;
	t->dirty = true;
	t->details_due = true;
}

void top_draw_details(struct top *t)
{
	const unsigned int judged = top_facts_judged(t);
	unsigned int facts = ui_facts_of_shown(&t->ui);
	size_t count;

	if (!t->details_due || top_is_busy(t) || ui_busy(&t->ui) || t->looking || t->held ||
	    t->saving)
		return;
	t->details_due = false;
	count = ui_shown(&t->ui, t->exact, EXACT_MAX);
	if (!count)
		return;
	/* what all sockets were noted with is not to be noted again */
	if (judged & FACT_LIMITS)
		facts &= ~(unsigned int)FACT_LIMITS;
	ui_set_exact(&t->ui, t->feed.class->exact(t->feed.self, t->exact, count, facts));
	/* otherwise those of all sockets were looked up */
	if (!(judged & FACT_OWNERS))
		t->feed.class->look_up(t->feed.self, t->exact, count);
	t->looking = feed_looking(&t->feed);
	ui_draw(&t->ui, &t->canvas);
}

int top_work(struct top *t)
{
	if (t->looking)
		look_again(t);
	if (ui_busy(&t->ui))
		work(t);
	/* a snapshot that is looked at, or written, is not overwritten */
	if (top_is_busy(t) && !t->held && !ui_busy(&t->ui) && !saves_rows(t) && collect(t))
		return -1;
	if (t->held && deliver(t))
		return -1;
	if (t->saving)
		top_save_on(t);
	if (t->pass_due)
		top_begin_pass(t);
	if (feed_judging(&t->feed))
		judge(t);
	return 0;
}
