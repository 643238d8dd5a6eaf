/* What of the view can be kept: see settings.h.  To add something: a row here. */
#include "config.h"

#include "ui/settings.h"

#include <stdio.h>
#include <string.h>

#include "ui/views.h"

static void columns_text(const struct ui *ui, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ui->columns.count && used < SETTING_BYTES; i++)
		used += (size_t)snprintf(out + used, SETTING_BYTES - used, "%s%s", i ? "," : "",
					 ui->columns.column[i]->field.name);
}

/* The columns of the view called @name, if some were chosen. */
static void view_columns_text(const struct ui *ui, const char *name, char *out)
{
	size_t count;
	const struct view_class *views = views_all(&count);

	out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(views[i].name, name))
			arrangement_text(&ui->arrangements[i], views[i].sheet, out, SETTING_BYTES);
	}
}

static void sort_text(const struct ui *ui, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ui->sort.count && used < SETTING_BYTES; i++)
		used += (size_t)snprintf(out + used, SETTING_BYTES - used, "%s%s%s", i ? "," : "",
					 ui->sort.key[i].descending ? "-" : "",
					 ui->sort.key[i].column->field.name);
}

static void listeners_text(const struct ui *ui, char *out)
{
	view_columns_text(ui, "Listeners", out);
}

static void processes_text(const struct ui *ui, char *out)
{
	view_columns_text(ui, "Processes", out);
}

static void peers_text(const struct ui *ui, char *out)
{
	view_columns_text(ui, "Peers", out);
}

static void theme_text(const struct ui *ui, char *out)
{
	snprintf(out, SETTING_BYTES, "%s", ui->theme->name);
}

static void interval_text(const struct ui *ui, char *out)
{
	snprintf(out, SETTING_BYTES, "%g", ui->data.interval_ms / 1000.0);
}

static const struct setting settings[SETTINGS] = {
	{ "columns", columns_text },
	{ "columns-listeners", listeners_text },
	{ "columns-processes", processes_text },
	{ "columns-peers", peers_text },
	{ "sort", sort_text },
	{ "theme", theme_text },
	{ "interval", interval_text },
};

const struct setting *settings_all(size_t *count)
{
	*count = SETTINGS;
	return settings;
}
