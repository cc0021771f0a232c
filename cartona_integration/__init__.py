from . import compat, controllers, models
from .hooks import uninstall_hook
