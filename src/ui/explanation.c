/* What a state means: see explanation.h. */
#include "config.h"

#include "ui/explanation.h"

#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/views.h"

/* Lines of text, of which those from @first to @last are on the screen. */
struct prose {
	struct canvas *canvas;
	int row; /* of the next line */
	int first;
	int last;
	int apart; /* empty lines between paragraphs */
	int end;   /* column behind the text of the line before */
	bool cut;  /* it is marked that there is more */
};

/* All that is left over begins below the last line. */
static void mark_rest(struct prose *p, enum role role)
{
	const int width = p->canvas->cols - 2;
	int col = p->end ? p->end + 1 : 1;

	if (p->cut || p->last < p->first)
		return;
	p->cut = true;
	canvas_cut_mark(p->canvas, p->last, col < width ? col : width, role);
}

/* The line of @text that begins there; in the last one all that is left of it, cut. */
static void put_line(struct prose *p, enum role role, const char *text, size_t part)
{
	const int width = p->canvas->cols - 2;

	if (p->row == p->last) {
		p->cut = part < strlen(text);
		part = strlen(text);
	}
	p->end = 1 + canvas_bytes(p->canvas, p->row, 1, width, role, text, part);
}

/* A paragraph; what does not fit before the last line ends there, and is marked. */
static void put(struct prose *p, enum role role, const char *text)
{
	const int width = p->canvas->cols - 2;

	if (!text || !*text)
		return;
	if (p->row > p->last)
		mark_rest(p, role);
	while (*text) {
		size_t part = canvas_wrap(p->canvas, text, width);

		if (p->row >= p->first && p->row <= p->last)
			put_line(p, role, text, part);
		p->row++;
		text += part;
		text += strspn(text, " ");
	}
	p->row += p->apart;
}

/* "On this host: net.ipv4.tcp_fin_timeout is 60." of what bounds the state. */
static void bounds_text(const struct ui *ui, const struct state_info *info, char *out, size_t size)
{
	const char *name = ui->data.sysctl && info->sysctls ? info->sysctls : "";
	size_t used = 0;

	out[0] = '\0';
	while (*name) {
		size_t len = strcspn(name, " ");
		char word[64];
		const char *value;

		snprintf(word, sizeof(word), "%.*s", (int)len, name);
		value = ui->data.sysctl(ui->data.sysctl_context, word);
		if (value && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s is %s",
						 used ? ", " : "On this host: ", word, value);
		name += len + (name[len] == ' ');
	}
}

/* A smaller place has no room for the words of RFC 793. */
#define ROWS_QUOTED 4
#define COLS_QUOTED 100

/* "CLOSE-WAIT: RFC 793: ..." */
static void put_quote(struct prose *p, const struct state_info *info, const char *name)
{
	char text[512];

	snprintf(text, sizeof(text), "%s%s%s%s", name, info->rfc ? ": RFC 793: \"" : "",
		 info->rfc ? info->rfc : "", info->rfc ? "\"" : "");
	put(p, ROLE_STRONG, text);
}

static void put_brief(struct prose *p, const struct state_info *info, const char *name)
{
	bool quoted = info->rfc && p->last - p->row + 1 >= ROWS_QUOTED &&
		      p->canvas->cols >= COLS_QUOTED;
	char text[512];

	if (quoted)
		put_quote(p, info, name);
	snprintf(text, sizeof(text), "%s%s: %s", quoted ? "" : name,
		 quoted ? "Who acts next" : ": next acts", info->acts ? info->acts : "-");
	put(p, quoted ? ROLE_TEXT : ROLE_STRONG, text);
	put(p, ROLE_TEXT, info->pileup ? info->pileup : info->plain);
}

/* "Many of them: ..."; nothing without @text. */
static void put_labelled(struct prose *p, const char *label, const char *text)
{
	char whole[1024];

	if (!text)
		return;
	snprintf(whole, sizeof(whole), "%s: %s", label, text);
	put(p, ROLE_TEXT, whole);
}

static void put_whole(struct prose *p, const struct ui *ui, const struct state_info *info,
		      const char *name)
{
	char text[512];

	put_quote(p, info, name);
	put_labelled(p, "Who acts next", info->acts ? info->acts : "-");
	put(p, ROLE_TEXT, info->plain);
	put(p, ROLE_TEXT, info->bound);
	bounds_text(ui, info, text, sizeof(text));
	put(p, ROLE_TEXT, text);
	put_labelled(p, "Many of them", info->pileup);
}

void explanation_draw(const struct ui *ui, struct canvas *c, int row, int last)
{
	const struct state_info *info = state_info(ui->box);
	const char *name = state_name(ui->box, ui->names);
	struct prose p = { .canvas = c, .row = row, .first = row, .last = last };

	if (last - row + 1 < ROWS_EXPLAINED)
		put_brief(&p, info, name);
	else
		put_whole(&p, ui, info, name);
}

/* The page from line @top on.  Returns how many lines there are. */
static int page_draw(const struct ui *ui, struct canvas *c, struct area area, int top)
{
	const struct state_info *info = state_info(ui->box);
	struct prose p = { .canvas = c, .row = area.row - top, .first = area.row,
			   .last = area.row + area.rows - 1, .apart = 1 };

	put_whole(&p, ui, info, state_name(ui->box, ui->names));
	put_labelled(&p, "What to do", info->remedy);
	return p.row - p.apart - (area.row - top);
}

void explanation_page_draw(struct ui *ui, struct canvas *c, struct area area)
{
	/* laid out once off the screen to learn how long it is */
	int lines = page_draw(ui, c, area, area.rows + 10000);
	size_t last = lines > area.rows ? (size_t)(lines - area.rows) : 0;

	if (ui->help_top > last)
		ui->help_top = last;
	page_draw(ui, c, area, (int)ui->help_top);
}

void action_explain(struct ui *ui)
{
	ui->help_top = 0;
	if (ui->mode == &mode_explain)
		ui_back(ui);
	else
		ui_enter(ui, &mode_explain);
}
