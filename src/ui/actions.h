/*
 * What keys do: the functions of the table in keymap.c.  Each changes struct ui
 * or asks for something in ui->request; drawing always follows.
 */
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

struct ui;

void action_help(struct ui *ui);
void action_explain(struct ui *ui);
void action_refresh(struct ui *ui);
void action_repaint(struct ui *ui);
void action_suspend(struct ui *ui);
void action_interval(struct ui *ui);
void action_slower(struct ui *ui);
void action_faster(struct ui *ui);
void action_history_shorter(struct ui *ui);
void action_history_longer(struct ui *ui);
void action_theme(struct ui *ui);
void action_view_next(struct ui *ui);
void action_leave(struct ui *ui);
void action_up(struct ui *ui);
void action_down(struct ui *ui);
void action_page_up(struct ui *ui);
void action_page_down(struct ui *ui);
void action_half_up(struct ui *ui);
void action_half_down(struct ui *ui);
void action_home(struct ui *ui);
void action_end(struct ui *ui);
void action_detail(struct ui *ui);
void action_names(struct ui *ui);
void action_search_end(struct ui *ui);
void action_search(struct ui *ui);
void action_search_next(struct ui *ui);
void action_search_back(struct ui *ui);
void action_sort(struct ui *ui);
void action_sort_left(struct ui *ui);
void action_sort_right(struct ui *ui);
void action_invert(struct ui *ui);
void action_all_states(struct ui *ui);
void action_box_up(struct ui *ui);
void action_box_down(struct ui *ui);
void action_box_left(struct ui *ui);
void action_box_right(struct ui *ui);
void action_box_list(struct ui *ui);
void action_write(struct ui *ui);
void action_copy_row(struct ui *ui);
void action_copy_command(struct ui *ui);
void action_columns(struct ui *ui);
void action_column_toggle(struct ui *ui);
void action_column_up(struct ui *ui);
void action_column_down(struct ui *ui);
void action_columns_save(struct ui *ui);
void action_save(struct ui *ui);
void action_chart(struct ui *ui);
void action_chart_up(struct ui *ui);
void action_chart_down(struct ui *ui);
void action_chart_left(struct ui *ui);
void action_chart_right(struct ui *ui);
void action_chart_page_left(struct ui *ui);
void action_chart_page_right(struct ui *ui);
void action_chart_oldest(struct ui *ui);
void action_chart_now(struct ui *ui);
void action_chart_list(struct ui *ui);
void action_pause(struct ui *ui);
void action_quit(struct ui *ui);
void action_done(struct ui *ui);
void action_erase(struct ui *ui);
void action_erase_all(struct ui *ui);
void action_delete(struct ui *ui);
void action_input_left(struct ui *ui);
void action_input_right(struct ui *ui);
void action_input_home(struct ui *ui);
void action_input_end(struct ui *ui);
void action_recall_older(struct ui *ui);
void action_recall_newer(struct ui *ui);
void action_states(struct ui *ui);
void action_state_toggle(struct ui *ui);
void action_state_all(struct ui *ui);
void action_hide_loopback(struct ui *ui);
void action_families(struct ui *ui);
void action_listening(struct ui *ui);
void action_tag(struct ui *ui);
void action_untag(struct ui *ui);
void action_follow(struct ui *ui);
void action_close(struct ui *ui);
void action_close_confirmed(struct ui *ui);
void action_row_list(struct ui *ui);
void action_regroup(struct ui *ui);
void action_group(struct ui *ui);
void action_tree(struct ui *ui);
void action_filter(struct ui *ui);
void action_travel_back(struct ui *ui);
void action_travel_on(struct ui *ui);
void action_travel_play(struct ui *ui);
void action_travel_faster(struct ui *ui);
void action_travel_slower(struct ui *ui);
void action_travel_normal(struct ui *ui);
void action_travel_start(struct ui *ui);
void action_travel_end(struct ui *ui);
void action_travel_to(struct ui *ui);
void action_travel_change(struct ui *ui);
void action_travel_change_back(struct ui *ui);
void action_travel_finding(struct ui *ui);
void action_travel_finding_back(struct ui *ui);

#endif
