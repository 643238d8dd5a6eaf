/* Looking at every socket, in pieces: see work.h. */
#include "config.h"

#include "ui/work.h"

#include "ui/listeners.h"
#include "ui/views.h"

/* So many rows are no reason to wait for the next look at the keys. */
#define WORK_AT_ONCE 1024

/* The end of a scan costs about as much as so many of its rows: one in ... */
#define END_SHARE 8

/* What the work is about: a snapshot that is not shown yet, or the one that is. */
static const struct snapshot *snapshot_of(const struct ui *ui)
{
	return ui->arrived ? ui->arrived : ui->data.snapshot;
}

static void plan(struct work *w, const struct scan_class *scans, size_t count)
{
	for (size_t i = 0; i < count && w->scans < WORK_SCANS_MAX; i++)
		w->plan[w->scans++] = &scans[i];
}

void work_begin(struct ui *ui, bool rows, const char *what)
{
	struct work *w = &ui->work;

	if (what || w->scan == w->scans)
		w->what = what;
	w->rows |= rows;
	w->scans = 0;
	w->scan = 0;
	w->begun = false;
	w->ending = false;
	if (!snapshot_of(ui))
		return;
	if (w->rows && ui->within.kind == WITHIN_LISTENER)
		plan(w, listeners_scans, LISTENERS_SCANS);
	if (w->rows)
		plan(w, &connections_scan, 1);
	if (!ui->awaiting)
		plan(w, ui->view->scans, ui->view->scan_count);
	ui_work(ui, WORK_AT_ONCE);
}

/* All rows were seen; as scan_step(). */
static long scan_end(struct ui *ui, size_t rows)
{
	struct work *w = &ui->work;
	int more = w->plan[w->scan]->end(ui, snapshot_of(ui), rows);

	if (more > 0)
		return 0;
	w->ending = false;
	w->begun = false;
	w->scan++;
	return more ? -1 : (long)rows;
}

/* Go on with the scan under way; returns the rows that are left of @rows, or -1. */
static long scan_step(struct ui *ui, size_t rows)
{
	struct work *w = &ui->work;
	const struct scan_class *scan = w->plan[w->scan];
	const struct snapshot *s = snapshot_of(ui);
	size_t count = snapshot_count(s);
	size_t end = count - w->next > rows ? w->next + rows : count;
	size_t cost = end - w->next;

	if (w->ending)
		return scan_end(ui, rows);
	if (scan->rows(ui, s, w->next, end))
		return -1;
	w->next = end;
	if (end < count)
		return 0;
	w->ending = true;
	cost += count / END_SHARE;
	return scan_end(ui, cost < rows ? rows - cost : 1);
}

/* Begin the next scan of the plan that is needed. */
static int scan_begin(struct ui *ui)
{
	struct work *w = &ui->work;
	int needless = w->plan[w->scan]->begin(ui, snapshot_of(ui));

	if (needless < 0)
		return -1;
	w->next = 0;
	w->begun = !needless;
	w->scan += (size_t)needless;
	return 0;
}

/* The snapshot before is not there for much longer: rather no rows than those of it. */
static void show_none(struct ui *ui)
{
	ui_arrive(ui);
	result_clear(ui->result, ui->data.snapshot);
	ui->selected_index = SIZE_MAX;
	ui->shown_count = 0;
	list_update(&ui->list, 0, LIST_GONE);
}

static void give_up(struct ui *ui)
{
	ui->work = (struct work){ 0 };
	if (ui->arrived)
		show_none(ui);
	ui_say(ui, "out of memory for %zu sockets", snapshot_count(snapshot_of(ui)));
}

bool ui_work(struct ui *ui, size_t rows)
{
	struct work *w = &ui->work;

	while (rows && w->scan < w->scans) {
		long left = (long)rows;

		if (!w->begun && scan_begin(ui))
			left = -1;
		else if (w->begun)
			left = scan_step(ui, rows);
		if (left < 0) {
			give_up(ui);
			return false;
		}
		rows = (size_t)left;
	}
	if (rows && w->searching)
		w->searching = search_step(ui, rows);
	return ui_busy(ui);
}

bool ui_busy(const struct ui *ui)
{
	return ui->work.scan < ui->work.scans || ui->work.searching;
}

const char *ui_busy_with(const struct ui *ui)
{
	if (ui->work.searching)
		return "searching";
	return ui_busy(ui) ? ui->work.what : NULL;
}
