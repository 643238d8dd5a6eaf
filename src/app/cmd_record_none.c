/* connstate record, in a program that was built without SQLite. */
#include "config.h"

#include "app/commands.h"
#include "app/options.h"
#include "app/say.h"

int cmd_record(const struct options *o)
{
	struct error err;

	(void)o;
	error_set(&err, 0, "this program was built without SQLite: it can't record");
	return say_error(&err, EXIT_FAILED);
}
