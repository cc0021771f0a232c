from . import compat, controllers, models, wizards
from .hooks import uninstall_hook
