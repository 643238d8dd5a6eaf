# fish completion for connstate.  The lists between BEGIN and END are made from the
# program's tables by tools/update-docs.

# BEGIN commands
# END commands
# BEGIN columns
# END columns
# BEGIN states
# END states
# BEGIN formats
# END formats
# BEGIN dialects
# END dialects
# BEGIN protocols
# END protocols
# BEGIN themes
# END themes

# Complete from the list called $argv[1]; a list of columns may have commas.
function __connstate_values
	if test $argv[1] != columns
		__connstate_$argv[1]
		return
	end
	set -l token (commandline -ct | string replace -r '^--[a-z-]+=' '')
	set -l before (string replace -r '[^,]*$' '' -- $token)
	__connstate_columns | string replace -r '^' -- "$before"
end

function __connstate_words
	set -l tokens (commandline -opc)
	if contains -- $tokens[-1] state exclude explain
		__connstate_states
		return
	end
	if test (count $tokens) -eq 1
		__connstate_commands
	end
	printf '%s\tfilter\n' state exclude src dst sport dport dev fwmark cgroup autobound and or not
end

complete -c connstate -f
complete -c connstate -a '(__connstate_words)'
# BEGIN options
# END options
