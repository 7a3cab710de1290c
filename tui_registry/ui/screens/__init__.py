"""What fills the terminal or lies over it: the five lists, the pages of records, menus, dialogs."""
