/* Thresholds of findings on the command line: see thresholds.h. */
#include "config.h"

#include "app/thresholds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* "60s" and "75%": the units that a threshold may be written with. */
static int parse_value(double *out, const char *text, const struct threshold_info *info,
		       struct error *err)
{
	char *end;

	errno = 0;
	*out = strtod(text, &end);
	if (info->unit == THRESHOLD_SECONDS && *end == 's') {
		end++;
	} else if (info->unit == THRESHOLD_SHARE && *end == '%') {
		*out /= 100;
		end++;
	}
	if (errno || *end || end == text || !(*out >= 0 && *out <= 1e15))
		return error_set(err, 0, "'%s' is no value for '%s' (like %g)", text, info->name,
				 info->value);
	return 0;
}

static int unknown_name(const char *word, size_t len, struct error *err)
{
	const char *names[THRESHOLD_COUNT];
	char near[160];

	for (size_t i = 0; i < THRESHOLD_COUNT; i++)
		names[i] = threshold_info((enum threshold)i)->name;
	if (text_nearest(word, len, names, THRESHOLD_COUNT, near, sizeof(near)))
		return error_set(err, 0, "unknown threshold '%.*s': did you mean %s?", (int)len,
				 word, near);
	return error_set(err, 0, "unknown threshold '%.*s' (--list-thresholds shows all)",
			 (int)len, word);
}

int thresholds_parse(struct finding_thresholds *t, const char *argument, struct error *err)
{
	size_t len = strcspn(argument, "=");
	enum threshold which = threshold_find(argument, len);
	const struct threshold_info *info;

	if (which == THRESHOLD_COUNT)
		return unknown_name(argument, len, err);
	info = threshold_info(which);
	if (!argument[len])
		return error_set(err, 0, "'%s' has no value: write %s=%g", argument, argument,
				 info->value);
	return parse_value(&t->value[which], argument + len + 1, info, err);
}
