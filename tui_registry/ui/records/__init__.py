"""Records as lines of text: what pages, panes, menus and the editor show of them."""
