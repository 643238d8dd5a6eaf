/* A range of a monitoring plugin's threshold: see range.h. */
#include "config.h"

#include "app/range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number at *@text, which is moved behind it. */
static bool number(const char **text, double *out)
{
	char *end;

	*out = strtod(*text, &end);
	if (end == *text || !isfinite(*out))
		return false;
	*text = end;
	return true;
}

int range_parse(struct range *r, const char *text, struct error *err)
{
	const char *at = text;
	bool good = true;

	*r = (struct range){ .set = true, .text = text, .high = INFINITY };
	if (*at == '@') {
		r->inside = true;
		at++;
	}
	if (*at == '~' && at[1] == ':') {
		r->low = -INFINITY;
		at++;
	} else if (*at != ':') {
		good = number(&at, &r->low);
	}
	if (good && *at == ':') {
		at++;
		if (*at)
			good = number(&at, &r->high);
	} else {
		r->high = r->low;
		r->low = 0;
	}
	if (good && !*at && r->low <= r->high)
		return 0;
	return error_set(err, 0, "'%s' is no range: like 10, 10:, ~:10, 10:20 or @10:20", text);
}

bool range_alarms(const struct range *r, double value)
{
	bool inside = value >= r->low && value <= r->high;

	return r->set && inside == r->inside;
}

bool range_alarms_from(const struct range *r, double value)
{
	if (!r->set)
		return false;
	return r->inside ? value >= r->low && isinf(r->high) : value > r->high;
}
