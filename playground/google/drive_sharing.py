"""Endpoints about who may do what with Drive's files."""

from playground.google.calls import Answer, Call
from playground.google.drive_fields import need_known
from playground.google.drive_shapes import several, shared
from playground.google.drive_world import DriveWorld, File, Grantee, Permission, Role, permission
from playground.google.errors import Refusal


def list_permissions(world: DriveWorld, call: Call) -> Answer:
    """Only those who may share a file are told who can see it."""
    need_known(call.query.get("fields", ""), "PermissionList")
    file = world.file(call.match["fileId"], call.account, "writer")
    shown, following = call.page(file.permissions, call.number("pageSize", 100, 100))
    return Answer(body=several("drive#permissionList", "permissions", [shared(world, one) for one in shown], following))


def read_permission(world: DriveWorld, call: Call) -> Answer:
    file = world.file(call.match["fileId"], call.account, "writer")
    return Answer(body=shared(world, _held(file, call)))


def create_permission(world: DriveWorld, call: Call) -> Answer:
    """Let somebody in; whoever is in already gets the new role. By mail, unless it is told not to."""
    need_known(call.query.get("fields", ""), "Permission")
    file = world.file(call.match["fileId"], call.account, "writer")
    kind = _kind(call)
    role = _role(call)
    made = permission(role, kind, _grantee(call, kind))
    if made.who == file.owner:
        return Answer(body=shared(world, _owner(file)))
    tells = call.flag("sendNotificationEmail", default=True) and kind in ("user", "group")
    if kind == "user" and not tells and world.accounts.find(made.who) is None:
        raise Refusal(
            400,
            f'Bad Request. User message: "You are trying to invite {made.who}. Since there is no Google account '
            'associated with this email address, you must check the "Notify people" box to invite this recipient."',
            reason="invalidSharingRequest",
        )
    file.permissions = [*(one for one in file.permissions if one.id != made.id), made]
    if tells:
        subject = f"{file.name} was shared with you"
        world.notify([made.who], file, subject=subject, text=call.query.get("emailMessage", ""))
    told = {
        **call.body,
        **{key: call.query[key] for key in ("sendNotificationEmail", "emailMessage") if key in call.query},
    }
    call.wrote("drive.permissions.create", file.id, told)
    return Answer(body=shared(world, made))


def update_permission(world: DriveWorld, call: Call) -> Answer:
    file = world.file(call.match["fileId"], call.account, "writer")
    held = _held(file, call)
    _need_not_owner(held)
    changed = permission(_role(call), held.type, held.who)
    file.permissions[file.permissions.index(held)] = changed
    call.wrote("drive.permissions.update", file.id)
    return Answer(body=shared(world, changed))


def delete_permission(world: DriveWorld, call: Call) -> Answer:
    """Put somebody out; anybody may leave a file."""
    file = world.file(call.match["fileId"], call.account)
    held = _held(file, call)
    if held.who != call.account.email:
        world.file(file.id, call.account, "writer")
    _need_not_owner(held)
    file.permissions.remove(held)
    call.wrote("drive.permissions.delete", file.id, {"permissionId": held.id})
    return Answer(status=204)


def _kind(call: Call) -> Grantee:
    match call.text("type"):
        case ("user" | "group" | "domain" | "anyone") as kind:
            return kind
        case "":
            raise Refusal(400, "The permission type field is required.", reason="required")
        case _:
            raise Refusal(400, "The specified permission type is invalid.", reason="invalid")


def _role(call: Call) -> Role:
    match call.text("role"):
        case ("reader" | "commenter" | "writer") as role:
            return role
        case "":
            raise Refusal(400, "The permission role field is required.", reason="required")
        case "owner":
            said = "The transferOwnership parameter must be enabled when the permission role is 'owner'."
            raise Refusal(403, said, reason="forbidden", place=("transferOwnership", "parameter"))
        case _:
            raise Refusal(400, "The specified role is invalid.", reason="invalid")


def _grantee(call: Call, kind: Grantee) -> str:
    if kind == "anyone":
        return ""
    key = "domain" if kind == "domain" else "emailAddress"
    value = call.text(key).strip().lower()
    name, at, host = value.rpartition("@")
    if not value or (kind != "domain" and not (name and at and "." in host)):
        raise Refusal(
            400,
            "The specified emailAddress is invalid or not applicable for the given permission type.",
            reason="invalid",
        )
    return value


def _held(file: File, call: Call) -> Permission:
    identity = call.match["permissionId"]
    for one in file.permissions:
        if one.id == identity:
            return one
    place = ("permissionId", "parameter")
    raise Refusal(404, f"Permission not found: {identity}.", reason="notFound", place=place)


def _owner(file: File) -> Permission:
    return next(one for one in file.permissions if one.role == "owner")


def _need_not_owner(held: Permission) -> None:
    if held.role == "owner":
        said = "The user does not have sufficient permissions for this file."
        raise Refusal(403, said, reason="insufficientFilePermissions")
