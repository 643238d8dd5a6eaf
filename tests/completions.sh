#!/bin/sh
# What each shell offers after some words: run in the shells themselves.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

completions=$(CDPATH='' cd -- "$srcdir/completions" && pwd)

# The words that bash offers for the last of the arguments.
bash_offers()
{
	bash --norc -c '. "$0" || exit
		COMP_WORDS=(connstate "$@")
		COMP_CWORD=$#
		_connstate
		printf "%s\n" "${COMPREPLY[@]}"' "$completions/bash/connstate" "$@"
}

fish_offers()
{
	fish --no-config -c "source '$completions/fish/connstate.fish'; complete -C '$*'" | cut -f1
}

# zsh's own machinery needs a terminal; its parts are replaced by ones that print.
zsh_offers()
{
	zsh -f -c '
		_arguments() { print -l -- "$@" }
		_describe() { print -l -- ${(P)4} }
		compset() { }
		_files() { print files }
		words=(connstate "${@:2}"); CURRENT=$#
		. "$0" >/dev/null
		case $1 in
		words) _connstate_words ;;
		options) _connstate ;;
		*) _connstate_values $1 ;;
		esac' "$completions/zsh/_connstate" "$@" | sort -u | sed 's/:.*//'
}

# $1: the test's name; $2: a word that must be among the offers; the rest prints them.
offers()
{
	tap_name=$1
	expected=$2
	shift 2
	offered=$("$@" 2>&1)
	if printf '%s\n' "$offered" | grep -q -x -e "$expected"; then
		result 0 "$tap_name"
	else
		result 1 "$tap_name" "expected $expected, got: $offered"
	fi
}

# $1: a shell. Skips its tests where it is not installed.
have()
{
	if command -v "$1" >/dev/null; then
		return 0
	fi
	skip "completion in $1" "$1 is not installed"
	return 1
}

if have bash; then
	offers 'bash: commands' summary bash_offers su
	offers 'bash: options' --columns bash_offers --col
	offers 'bash: a format' jsonl bash_offers --format j
	offers 'bash: a format after =' csv bash_offers --format = c
	offers 'bash: a second column' state,recv_q bash_offers --columns state,rec
	offers 'bash: a column added to the default' +recv_q bash_offers --columns +recv_
	offers 'bash: sorting downwards' -recv_q bash_offers --sort -recv_
	offers 'bash: a state to explain' CLOSE-WAIT bash_offers explain CLOSE
	offers 'bash: a state in a filter' TIME-WAIT bash_offers -t state TIM
	offers 'bash: a word of the filter' sport bash_offers -t sp
	offers 'bash: a dialect' solaris bash_offers --names so
fi
if have fish; then
	offers 'fish: commands' summary fish_offers 'connstate su'
	offers 'fish: options' --columns fish_offers 'connstate --col'
	offers 'fish: a format' jsonl fish_offers 'connstate --format j'
	offers 'fish: a second column' state,recv_q fish_offers 'connstate --columns state,rec'
	offers 'fish: a state to explain' CLOSE-WAIT fish_offers 'connstate explain CLOSE'
	offers 'fish: a dialect' solaris fish_offers 'connstate --names so'
fi
if have zsh; then
	offers 'zsh: commands' summary zsh_offers words su
	offers 'zsh: a state to explain' CLOSE-WAIT zsh_offers words explain C
	offers 'zsh: a column' recv_q zsh_offers columns
	offers 'zsh: a format' jsonl zsh_offers formats
	offers 'zsh: options' '--columns=\[.*' zsh_offers options
fi
finish
