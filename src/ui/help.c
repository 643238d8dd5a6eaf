/* Help: the table of keys, the marks, the themes; and the menu of sort columns. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/keymap.h"
#include "ui/views.h"

/* Text that flows into an area from line ->top on. */
struct flow {
	struct canvas *canvas;
	struct area area;
	int line; /* of the text, from 0 */
	int top;
};

/* Where the next line goes, or -1 when it is not on the screen. */
static int flow_row(struct flow *f)
{
	int row = f->line++ - f->top;

	return row >= 0 && row < f->area.rows ? f->area.row + row : -1;
}

static void flow_text(struct flow *f, enum role role, const char *text)
{
	canvas_text(f->canvas, flow_row(f), f->area.col + 1, f->area.cols - 1, role, text);
}

#define KEYS_WIDTH 20

/* Keys, and beside them what they do, in as many lines as it takes. */
static void flow_pair(struct flow *f, const char *keys, const char *help)
{
	const int col = f->area.col + 2 + KEYS_WIDTH;
	const int width = f->area.cols - 2 - KEYS_WIDTH;
	int row = flow_row(f);

	canvas_text(f->canvas, row, f->area.col + 2, KEYS_WIDTH, ROLE_KEY, keys);
	for (;;) {
		size_t part = canvas_wrap(f->canvas, help, width);

		canvas_bytes(f->canvas, row, col, width, ROLE_TEXT, help, part);
		help += part;
		help += strspn(help, " ");
		if (!*help)
			return;
		row = flow_row(f);
	}
}

/* Does the binding hold in @places (or, if not @here, in others alone)? */
static bool is_there(const struct binding *b, unsigned int places, bool here)
{
	return !(b->places & places) == !here;
}

/* The bindings of @group that hold in @places, or those that do not, under their heading. */
static void flow_group(struct flow *f, const char *group, unsigned int places, bool here)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);
	bool titled = false;

	for (size_t i = 0; i < count; i++) {
		char keys[64];

		if (strcmp(bindings[i].group, group) != 0 || !is_there(&bindings[i], places, here))
			continue;
		if (!titled) {
			flow_text(f, ROLE_TEXT, "");
			flow_text(f, ROLE_STRONG, group);
		}
		titled = true;
		binding_keys(keys, sizeof(keys), &bindings[i]);
		flow_pair(f, keys, bindings[i].help);
	}
}

/* What is of use everywhere comes last: the first group of the table. */
static void flow_bindings(struct flow *f, unsigned int places, bool here)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);

	for (size_t i = 1; i < count; i++) {
		bool first = true;

		for (size_t j = 0; j < i && first; j++)
			first = strcmp(bindings[j].group, bindings[i].group) != 0;
		if (first)
			flow_group(f, bindings[i].group, places, here);
	}
	flow_group(f, bindings[0].group, places, here);
}

static void flow_views(struct flow *f)
{
	size_t count;
	const struct view_class *views = views_all(&count);

	flow_text(f, ROLE_TEXT, "");
	flow_text(f, ROLE_STRONG, "Views");
	for (size_t i = 0; i < count; i++) {
		char key[24];
		char help[128];

		snprintf(key, sizeof(key), "%zu", i + 1);
		snprintf(help, sizeof(help), "%s: %s", views[i].name, views[i].help);
		flow_pair(f, key, help);
	}
}

static void flow_marks(struct flow *f)
{
	static const char *const marks[][2] = {
		{ ">", "the selected row; before an age: at least that old" },
		{ "+", "appeared in the last tick" },
		{ "*", "changed its state in the last tick" },
		{ "#", "tagged" },
		{ "!", "something goes wrong there right now" },
		{ "-", "gone; as a value: not known" },
		{ "seen", "share of the opened connections that polls and events told of" },
	};

	flow_text(f, ROLE_TEXT, "");
	flow_text(f, ROLE_STRONG, "Marks");
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		flow_pair(f, marks[i][0], marks[i][1]);
}

/* The keys of what was on the screen come first. */
static void flow_all(struct flow *f, const struct ui *ui)
{
	unsigned int places = ui->under ? ui->under->places : ui->view->places | KEYS_EVERYWHERE;
	char title[128];

	snprintf(title, sizeof(title), "Keys of %s",
		 ui->under ? ui->under->help : ui->view->name);
	flow_text(f, ROLE_PROMPT, title);
	flow_bindings(f, places, true);
	flow_views(f);
	flow_marks(f);
	flow_text(f, ROLE_TEXT, "");
	flow_text(f, ROLE_PROMPT, "Keys of other views, menus and prompts");
	flow_bindings(f, places, false);
}

void help_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct flow f = { .canvas = c, .area = area, .top = (int)ui->help_top };
	int last;

	/* laid out once off the screen to learn how long it is */
	f.top = area.rows + 10000;
	flow_all(&f, ui);
	last = f.line > area.rows ? f.line - area.rows : 0;
	if (ui->help_top > (size_t)last)
		ui->help_top = (size_t)last;
	f.line = 0;
	f.top = (int)ui->help_top;
	flow_all(&f, ui);
}

static void press_choice(struct ui *ui, size_t which, int line)
{
	(void)which;
	ui->choice = ui->choice_top + (size_t)line;
	if (ui->choice < choice_now(ui).count)
		ui_key(ui, PRESS_ENTER);
}

void sort_menu_draw(struct ui *ui, struct canvas *c, struct area area)
{
	const struct choice columns = choice_now(ui);
	size_t count = columns.count;
	size_t rows = area.rows > 1 ? (size_t)area.rows - 1 : 1;

	if (ui->choice >= count)
		ui->choice = count - 1;
	if (ui->choice < ui->choice_top)
		ui->choice_top = ui->choice;
	if (ui->choice >= ui->choice_top + rows)
		ui->choice_top = ui->choice - rows + 1;
	canvas_text(c, area.row, 1, c->cols - 1, ROLE_STRONG, "Sort by (again: I inverts)");
	ui_spot(ui, (struct area){ area.row + 1, 0, (int)rows, c->cols }, press_choice, 0);
	for (size_t i = 0; i < rows && ui->choice_top + i < count; i++) {
		const struct field field =
			choosable_field(ui, columns.place[ui->choice_top + i]);
		bool chosen = ui->choice == ui->choice_top + i;
		int row = area.row + 1 + (int)i;

		canvas_text(c, row, 0, 2, ROLE_TEXT, chosen ? ">" : " ");
		canvas_text(c, row, 2, KEYS_WIDTH, ROLE_KEY, field.name);
		canvas_text(c, row, 2 + KEYS_WIDTH, c->cols - 2 - KEYS_WIDTH, ROLE_TEXT,
			    field.help);
		if (chosen)
			canvas_select(c, row, 0, c->cols);
	}
}
