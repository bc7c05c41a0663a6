/** Delegated permissions by the tables of "List chats", "Get chat" and "List members". */
export const READ_CHATS = ['Chat.ReadBasic', 'Chat.Read', 'Chat.ReadWrite'];
/** Delegated permissions by the tables of "List messages in a chat" and "Get chatMessage". */
export const READ_MESSAGES = ['Chat.Read', 'Chat.ReadWrite'];
/** Application permission of "Get change notifications for Microsoft Teams emergency call event updates". */
export const READ_EMERGENCY_EVENTS = 'CallEvents-Emergency.Read.All';
