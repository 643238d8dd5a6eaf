/* Selection and scrolling: see list.h. */
#include "config.h"

#include "ui/list.h"

/* The greatest top that leaves no blank lines. */
static size_t top_max(const struct list *l)
{
	return l->count > l->page ? l->count - l->page : 0;
}

/* Let @top lie in the list and show the cursor. */
static void clamp(struct list *l)
{
	if (l->cursor >= l->count)
		l->cursor = l->count ? l->count - 1 : 0;
	if (l->top > l->cursor)
		l->top = l->cursor;
	if (l->page && l->cursor >= l->top + l->page)
		l->top = l->cursor - l->page + 1;
	if (l->top > top_max(l))
		l->top = top_max(l);
}

/* @from moved by @by, kept between 0 and @last. */
static size_t moved(size_t from, long by, size_t last)
{
	if (by < 0)
		return from < (size_t)-by ? 0 : from - (size_t)-by;
	return last - from < (size_t)by ? last : from + (size_t)by;
}

void list_resize(struct list *l, size_t page)
{
	l->page = page;
	clamp(l);
}

void list_update(struct list *l, size_t count, size_t rank)
{
	size_t line = l->cursor - l->top;

	l->count = count;
	l->lead = 0;
	if (!l->anchored) {
		l->cursor = 0;
		l->top = 0;
	} else if (rank != LIST_GONE) {
		l->cursor = rank;
		l->top = rank > line ? rank - line : 0;
	}
	clamp(l);
}

void list_beside(struct list *l, size_t rank)
{
	l->cursor = rank;
	clamp(l);
	l->lead = l->cursor == rank ? 1 : -1;
}

void list_to(struct list *l, size_t rank)
{
	l->cursor = rank;
	l->lead = 0;
	l->anchored = rank > 0;
	clamp(l);
}

void list_move(struct list *l, long rows)
{
	if (!l->count)
		return;
	/* the first step is the one to the cursor */
	if (l->lead > 0 ? rows > 0 : rows < 0)
		rows -= l->lead;
	l->lead = 0;
	l->cursor = moved(l->cursor, rows, l->count - 1);
	l->anchored = true;
	clamp(l);
}

void list_page(struct list *l, long halves)
{
	long half = l->page > 1 ? (long)(l->page / 2) : 1;
	long by = halves * half;

	if (halves % 2 == 0 && l->page)
		by = halves / 2 * (long)l->page;
	if (!l->count)
		return;
	l->top = moved(l->top, by, top_max(l));
	list_move(l, by);
}

void list_scroll(struct list *l, long rows)
{
	l->top = moved(l->top, rows, top_max(l));
	l->lead = 0;
	if (l->cursor < l->top)
		l->cursor = l->top;
	if (l->page && l->cursor >= l->top + l->page)
		l->cursor = l->top + l->page - 1;
	l->anchored = true;
	clamp(l);
}
